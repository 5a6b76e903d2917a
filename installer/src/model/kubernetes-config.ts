import * as z from 'zod';
import { HOST_NAME } from './host-name.ts';
import { sizeSetting } from './size-config.ts';

/** RFC 1123: a name of a Kubernetes object. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const objectName = (what: string) =>
  z
    .string()
    .regex(OBJECT_NAME, 'must be a name of a Kubernetes object: lower-case letters, digits and -')
    .describe(what);

const entry = z.strictObject({
  kind: z
    .enum(['ingress', 'gateway'])
    .default('ingress')
    .describe('How requests come in: an Ingress, or an HTTPRoute of the Gateway API.'),
  className: objectName(
    'Class of the Ingress; the default class of the cluster without it.',
  ).optional(),
  gateway: objectName('Gateway the HTTPRoute belongs to.').default('gateway'),
  gatewayNamespace: objectName('Namespace of that Gateway.').default('gateway-system'),
  listener: objectName('Listener of that Gateway; with https it is the one that ends TLS.').default(
    'https',
  ),
  controllerNamespace: objectName(
    'Namespace of the controller that hands requests on; only from there the proxy is reached then.',
  ).optional(),
  annotations: z
    .record(z.string(), z.string())
    .default({})
    .describe('Annotations your controller asks for, for instance its largest request size.'),
});

const tls = z.strictObject({
  from: z
    .enum(['auto', 'cert-manager', 'secret', 'none'])
    .default('auto')
    .describe(
      'Who brings the certificate. auto: cert-manager with edge.tls.mode acme, nobody with off, else a Secret of yours.',
    ),
  secret: objectName('Name of the Secret with the certificate.').default('factsway-tls'),
  issuer: objectName('Issuer of cert-manager.').default('letsencrypt'),
  issuerKind: z.enum(['ClusterIssuer', 'Issuer']).default('ClusterIssuer').describe('Its kind.'),
});

const databaseVolume = (what: string) =>
  z
    .int()
    .min(1)
    .max(2)
    .describe(
      `${what}, with backup.mode on: a restore goes into the other one, and this is changed.`,
    );

const PREFIX = /^[A-Za-z0-9/_.-]*$/;
const PREFIX_RULE = 'must be letters, digits, /, _, . or -';

const secrets = z.strictObject({
  from: z
    .enum(['files', 'external-secrets'])
    .default('files')
    .describe(
      'files: deploy.sh makes Secrets from the directory secrets/; external-secrets: the External Secrets Operator fetches them.',
    ),
  store: objectName('Secret store of the External Secrets Operator.').default('factsway'),
  storeKind: z
    .enum(['ClusterSecretStore', 'SecretStore'])
    .default('ClusterSecretStore')
    .describe('Its kind.'),
  prefix: z
    .string()
    .regex(PREFIX, PREFIX_RULE)
    .default('factsway/')
    .describe('What stands before the name of a secret in the store.'),
  stagingPrefix: z
    .string()
    .regex(PREFIX, PREFIX_RULE)
    .default('factsway-staging/')
    .describe('The same for staging, whose passwords are others.'),
});

/** What `export k8s` has to know of a cluster (spec 06). Nothing of it changes the bundle of this host. */
export const kubernetesConfig = z
  .strictObject({
    host: z
      .string()
      .regex(HOST_NAME, 'must be a DNS name such as factsway.example.com')
      .optional()
      .describe('DNS name in the cluster; host.name without it.'),
    stagingHost: z
      .string()
      .regex(HOST_NAME, 'must be a DNS name such as factsway.example.com')
      .optional()
      .describe(
        'DNS name of the staging environment; staging. before that of production without it.',
      ),
    stagingDatabase: z
      .strictObject({
        host: z
          .string()
          .regex(HOST_NAME, 'must be a DNS name or an address')
          .optional()
          .describe('Server of the database of staging, with postgres.mode external.'),
        database: z
          .string()
          .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a name such as factsway_staging')
          .optional()
          .describe('Name of the database of staging, with postgres.mode external.'),
      })
      .prefault({}),
    stagingAlerts: z
      .boolean()
      .default(false)
      .describe('Whether staging tells the receivers of alerts too.'),
    storageClass: objectName(
      'Storage class of volumes; the default class of the cluster without it.',
    ).optional(),
    databaseStorage: sizeSetting('Size of the volume of PostgreSQL.').default('100GiB'),
    databaseVolume: databaseVolume('Which of its two volumes PostgreSQL is in').default(1),
    stagingDatabaseVolume: databaseVolume('The same of staging').default(1),
    backupStorage: sizeSetting(
      'Size of the volume of the backups in the cluster (backup.local).',
    ).default('200GiB'),
    monitoringStorage: sizeSetting('Size of the volume of Prometheus.').default('20GiB'),
    updatesStorage: sizeSetting('Size of the volume of the updates of the desktop app.').default(
      '10GiB',
    ),
    replicas: z
      .int()
      .min(2)
      .max(20)
      .default(3)
      .describe('Pods of each service at least; an autoscaler adds to them.'),
    maxReplicas: z.int().min(2).max(50).default(6).describe('Pods of each service at most.'),
    pullSecret: objectName('Secret with the login to the registry, in the namespace.').optional(),
    monitoring: z
      .enum(['plain', 'operator'])
      .default('plain')
      .describe('plain: a Prometheus of its own; operator: objects of the Prometheus Operator.'),
    entry: entry.prefault({}),
    tls: tls.prefault({}),
    secrets: secrets.prefault({}),
  })
  .superRefine(({ replicas, maxReplicas }, context) => {
    if (maxReplicas > replicas) return;
    context.addIssue({
      code: 'custom',
      path: ['maxReplicas'],
      message: `must be above replicas (${replicas}): an autoscaler that may add nothing is none`,
    });
  });
