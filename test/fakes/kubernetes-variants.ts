/** Settings of `kubernetes.*`, and those beside it that change what is exported, each once away from its default. */
export const KUBERNETES_VARIANTS: Readonly<Record<string, object>> = {
  'as it is': {},
  'the Prometheus Operator': { kubernetes: { monitoring: 'operator' } },
  'the Gateway API, from one namespace': {
    kubernetes: { entry: { kind: 'gateway', controllerNamespace: 'gateways' } },
  },
  'external secrets, cert-manager, a storage class and a login to the registry': {
    kubernetes: {
      secrets: { from: 'external-secrets' },
      tls: { from: 'cert-manager' },
      entry: { className: 'public', annotations: { 'example.com/largest-body': '64m' } },
      storageClass: 'fast',
      pullSecret: 'registry-login',
      replicas: 2,
      maxReplicas: 12,
    },
  },
  'TLS ended in front of the cluster': { edge: { tls: { mode: 'off' } } },
  'a PostgreSQL elsewhere, watched by the operator': {
    kubernetes: { monitoring: 'operator' },
    postgres: { mode: 'external', external: { host: 'db.example.com', tls: { mode: 'require' } } },
  },
  'a password in the environment for old images': {
    services: { passwordInEnvironment: true, environment: { A_FLAG: 'a $(b) $c' } },
  },
  'backups on, local and S3': { backup: { mode: 'on', s3: { bucket: 'law' } } },
  'backups in S3 alone, the database in its second volume, the operator and external secrets': {
    backup: {
      mode: 'on',
      local: { enabled: false },
      s3: { bucket: 'law', endpoint: 's3.firm.example:9000', style: 'path' },
    },
    kubernetes: {
      databaseVolume: 2,
      monitoring: 'operator',
      secrets: { from: 'external-secrets' },
      storageClass: 'fast',
      pullSecret: 'registry-login',
    },
  },
  'a mirror of desktop updates, on a storage class': {
    updates: { mirror: 'on' },
    kubernetes: { storageClass: 'fast', updatesStorage: '50GiB', monitoring: 'operator' },
  },
  'every receiver': {
    monitoring: {
      receivers: {
        slack: { enabled: true, channel: '#alerts' },
        webhook: { enabled: true },
        deadMansSwitch: { enabled: true },
      },
    },
  },
};
