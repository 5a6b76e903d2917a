import type { Environment } from '../environment.ts';
import { labels } from '../labels.ts';
import type { Manifest } from '../manifest.ts';

/** Where the External Secrets Operator finds each secret; nothing where deploy.sh makes them from files. */
export function secrets({ catalog, config }: Environment): Manifest[] {
  const { from, store, storeKind, prefix } = config.kubernetes.secrets;
  if (from === 'files') return [];
  return catalog.secrets.map(({ name }) => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, labels: labels('secrets', 'foundation') },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: storeKind, name: store },
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: [{ secretKey: name, remoteRef: { key: `${prefix}${name}` } }],
    },
  }));
}
