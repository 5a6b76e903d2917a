import { sampled, type Change } from '../../../test/fakes/kubernetes-changes.ts';
import type { Plantings } from './planting.ts';

const { metadata } = sampled('ServiceAccount/records');
const RBAC = 'rbac.authorization.k8s.io/v1';
const role = (rule: object): Change => ({
  add: { apiVersion: RBAC, kind: 'Role', metadata, rules: [rule] },
});
const binding = (kind: string, name: string): Change => ({
  add: {
    apiVersion: RBAC,
    kind,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: metadata.name }],
  },
});

export const PERMISSION_PLANTINGS: Plantings = {
  'reads what it scrapes': [
    role({ apiGroups: [''], resources: ['pods', 'endpoints'], verbs: ['get', 'list', 'watch'] }),
  ],
  'every verb': [
    role({ apiGroups: [''], resources: ['pods'], verbs: ['*'] }),
    'no wildcard permissions',
  ],
  'every resource': [
    role({ apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }),
    'no wildcard permissions',
  ],
  'reads secrets': [
    role({ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }),
    'no permission to what opens the rest',
  ],
  'enters pods': [
    role({ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }),
    'no permission to what opens the rest',
  ],
  'starts jobs': [
    role({ apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] }),
    'no permission to what opens the rest',
  ],
  administrator: [binding('RoleBinding', 'cluster-admin'), 'no cluster administrator'],
  'editor of the namespace': [binding('RoleBinding', 'edit'), 'no cluster administrator'],
  'over the whole cluster': [
    binding('ClusterRoleBinding', 'view'),
    'permissions stay in the namespace',
  ],
};
