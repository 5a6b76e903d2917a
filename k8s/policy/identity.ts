import { at, records, show, texts, type Json } from '../json.ts';
import { beside, isOf, named } from './read.ts';
import { ofKind, ofPods, unless, type PolicyRule } from './rule.ts';

const ROLES = ['Role', 'ClusterRole'];
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'];
const granted = (role: unknown, key: string): readonly Json[] =>
  records(at(role, 'rules')).filter((rule) => rule[key] !== undefined);

export const IDENTITY: readonly PolicyRule[] = [
  {
    name: 'own service account',
    sources: [
      'kube-linter: default-service-account, non-existent-service-account',
      'NSA/CISA: Protecting Pod service account tokens',
    ],
    asks: 'Runs as a service account of its own, which is part of the same tree.',
    breach: ofPods(({ spec, owner }, tree) => {
      const account = spec['serviceAccountName'];
      return unless(
        account !== 'default' &&
          named(account, beside(owner, tree, 'ServiceAccount')) !== undefined,
        `serviceAccountName: ${show(account)}`,
      );
    }),
  },
  {
    name: 'no old name of the service account',
    sources: ['kube-linter: deprecated-service-account-field'],
    asks: 'Names its service account under the current key.',
    breach: ofPods(({ spec }) =>
      unless(
        spec['serviceAccount'] === undefined,
        `serviceAccount: ${show(spec['serviceAccount'])}`,
      ),
    ),
  },
  {
    name: 'no token in the pod',
    sources: [
      'Polaris: automountServiceAccountToken',
      'NSA/CISA: Protecting Pod service account tokens',
    ],
    asks: 'Gets no key to the API of the cluster.',
    breach: ofPods(({ spec }) => {
      const mounted = spec['automountServiceAccountToken'];
      return unless(mounted === false, `automountServiceAccountToken: ${show(mounted)}`);
    }),
  },
  {
    name: 'no token from the service account',
    sources: ['NSA/CISA: Protecting Pod service account tokens'],
    asks: 'Hands out no key to pods that forgot to decline.',
    breach: ofKind('ServiceAccount', (account) => {
      const mounted = account['automountServiceAccountToken'];
      return unless(mounted === false, `automountServiceAccountToken: ${show(mounted)}`);
    }),
  },
  {
    name: 'no wildcard permissions',
    sources: ['kube-linter: wildcard-in-rules', 'NSA/CISA: Authentication and authorization'],
    asks: 'Names each group, resource and verb it may use.',
    breach: ofKind(ROLES, (role) => {
      const wide = ['verbs', 'resources', 'apiGroups', 'nonResourceURLs'].find((key) =>
        granted(role, key).some((rule) => texts(rule[key]).includes('*')),
      );
      return wide && `${wide}: "*"`;
    }),
  },
  {
    name: 'no permission to what opens the rest',
    sources: [
      'kube-linter: access-to-secrets, access-to-create-pods',
      'Polaris: rolePodExecAttach, clusterrolePodExecAttach',
      'NSA/CISA: Authentication and authorization',
    ],
    asks: 'May neither read secrets, nor start pods, nor enter them.',
    breach: ofKind(ROLES, (role) => {
      const opens = granted(role, 'resources').flatMap((rule) =>
        texts(rule['resources']).filter(
          (resource) =>
            /^(secrets|pods\/(exec|attach))$/.test(resource) ||
            (/^(pods|deployments|statefulsets|daemonsets|replicasets|jobs|cronjobs)$/.test(
              resource,
            ) &&
              texts(rule['verbs']).includes('create')),
        ),
      );
      return opens[0] && `resources: ${opens[0]}`;
    }),
  },
  {
    name: 'no cluster administrator',
    sources: [
      'kube-linter: cluster-admin-role-binding',
      'Polaris: clusterrolebindingClusterAdmin, rolebindingClusterAdminClusterRole',
      'NSA/CISA: Authentication and authorization',
    ],
    asks: 'Binds no role that may do everything.',
    breach: ofKind(BINDINGS, (binding) => {
      const role = String(at(binding, 'roleRef.name'));
      return unless(!['cluster-admin', 'admin', 'edit'].includes(role), `roleRef: ${role}`);
    }),
  },
  {
    name: 'permissions stay in the namespace',
    sources: ['NSA/CISA: Authentication and authorization', 'NSA/CISA: Namespace hardening'],
    asks: 'Is given to nobody over the whole cluster.',
    breach: (manifest) =>
      isOf(manifest, 'ClusterRoleBinding')
        ? [{ says: `roleRef: ${show(at(manifest, 'roleRef.name'))}` }]
        : [],
  },
];
