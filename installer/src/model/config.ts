import * as z from 'zod';
import { backupConfig } from './backup-config.ts';
import { businessHoursConfig, receiversConfig } from './alert-receivers.ts';
import { errorReportsConfig } from './error-reports-config.ts';
import { postgresSchema } from './external-postgres.ts';
import {
  IMAGE_REFERENCE,
  imageReferenceProblem,
  REGISTRY,
  registryProblem,
} from './image-reference.ts';
import { networkConfig } from './network-config.ts';
import { HOST_NAME } from './host-name.ts';
import { kubernetesConfig } from './kubernetes-config.ts';
import { sizeSetting } from './size-config.ts';
import { TIME_ZONE, timeZoneProblem } from './time-zone.ts';
import { tlsConfig } from './tls-config.ts';
import { tracesConfig } from './traces-config.ts';
import { updatesConfig } from './updates-config.ts';
import { upgradeConfig } from './upgrade-config.ts';

/** The form of the file that this installer writes. Older ones are brought to it step by step: config/migrations. */
export const CONFIG_API_VERSION = 'factsway/v2';

/** Where FACTSWAY publishes its images. */
const OWN_REGISTRY = 'registry.factsway.com/onprem';
const VERSION = /^\d+\.\d+\.\d+$/;

const port = (what: string) => z.int().min(1).max(65535).describe(what);

/** What is wrong with a value, as the rest of a sentence, and what to do if that is not plain. */
type Problem = { readonly message: string; readonly hint?: string };
/** A string that a function judges; the pattern is for editors, which have no such function. */
const judged = (judge: (value: string) => Problem | undefined, pattern: RegExp) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = judge(value);
      if (!problem) return;
      const { message, hint } = problem;
      context.addIssue({ code: 'custom', message, params: { hint } });
    })
    .meta({ pattern: pattern.source });

type Images = { readonly source: string; readonly registry: string };
/** A registry nobody would ask is a misunderstanding, and better told than ignored. */
function refuseIdleRegistry({ source, registry }: Images, context: z.RefinementCtx): void {
  if (source !== 'debian' || registry === OWN_REGISTRY) return;
  context.addIssue({
    code: 'custom',
    path: ['registry'],
    message: 'has no effect with images.source debian: those images are built on this host',
    params: {
      hint: 'Remove images.registry, or set images.source to upstream; images.overrides names single images, whatever the source.',
    },
  });
}

export const configSchema = z.strictObject({
  apiVersion: z
    .literal(CONFIG_API_VERSION)
    .default(CONFIG_API_VERSION)
    .describe('Version of this file format.'),
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,40}$/, 'must be lower-case letters, digits, - or _')
    .default('factsway')
    .describe('Compose project name: the prefix of every container, network and volume.'),
  release: z
    .strictObject({
      version: z
        .string()
        .regex(VERSION, 'must be a version such as 1.0.0')
        .default('1.0.0')
        .describe('Version of the eight services and the migrations: always one and the same.'),
    })
    .prefault({}),
  host: z
    .strictObject({
      name: z
        .string()
        .regex(HOST_NAME, 'must be a DNS name such as factsway.example.com')
        .default('localhost')
        .describe('DNS name under which users reach this server.'),
      timeZone: judged(timeZoneProblem, TIME_ZONE)
        .default('UTC')
        .describe('Time zone of schedules and dashboards.'),
      memory: sizeSetting('Memory the platform may use; every limit is derived from it.').default(
        '8GiB',
      ),
      cores: z.int().min(1).max(512).default(2).describe('CPU cores the platform may use.'),
      profile: z
        .enum(['auto', 'small', 'medium', 'large'])
        .default('auto')
        .describe(
          'How much of host.memory and host.cores the platform takes. auto: all of it; small, medium, large: a fixed size, the same on every server.',
        ),
    })
    .prefault({}),
  edge: z
    .strictObject({
      bind: z
        .union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address')
        .default('0.0.0.0')
        .describe('Host address the edge proxy listens on.'),
      httpPort: port(
        'Host port for plain HTTP (redirects to HTTPS unless tls.mode is off).',
      ).default(80),
      httpsPort: port('Host port for HTTPS.').default(443),
      maxRequestSize: sizeSetting('Largest request body accepted.').default('64MiB'),
      requestTimeoutSeconds: z
        .int()
        .min(5)
        .max(3600)
        .default(120)
        .describe('Longest time a single request may take; exports of large documents need it.'),
      tls: tlsConfig.prefault({}),
    })
    .prefault({}),
  images: z
    .strictObject({
      source: z
        .enum(['upstream', 'debian'])
        .default('upstream')
        .describe(
          'upstream: official images from registries; debian: built on this host from Debian packages.',
        ),
      registry: judged(registryProblem, REGISTRY)
        .default(OWN_REGISTRY)
        .describe(
          'Prefix of the images FACTSWAY publishes: the services, migrations and PostgreSQL. For source upstream.',
        ),
      overrides: z
        .record(z.string(), judged(imageReferenceProblem, IMAGE_REFERENCE))
        .default({})
        .describe(
          'Image reference, with its version, by component name, for private mirrors; for any source.',
        ),
    })
    .superRefine(refuseIdleRegistry)
    .prefault({}),
  network: networkConfig.prefault({}),
  postgres: postgresSchema,
  services: z
    .strictObject({
      logLevel: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('Log level of the eight services.'),
      drainSeconds: z
        .int()
        .min(1)
        .max(50)
        .default(8)
        .describe(
          'How long a stopping service goes on serving while the proxy moves its connections away.',
        ),
      passwordInEnvironment: z
        .boolean()
        .default(false)
        .describe(
          'Hand the database password to services as POSTGRES_PASSWORD too, for images that cannot read a file.',
        ),
      environment: z
        .record(
          z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'must be an environment variable name'),
          z.string(),
        )
        .default({})
        .describe('Further environment variables for all eight services. Never put a secret here.'),
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      grafana: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe('auto: Grafana runs where the image source has it; off: never.'),
      retentionDays: z
        .int()
        .min(31)
        .max(3650)
        .default(35)
        .describe('Days of metrics kept; the 30-day SLO window needs 31.'),
      prometheusPort: port('Loopback port of Prometheus.').default(9090),
      alertmanagerPort: port('Loopback port of Alertmanager.').default(9093),
      sentry: errorReportsConfig.prefault({}),
      traces: tracesConfig.prefault({}),
      receivers: receiversConfig.prefault({}),
      businessHours: businessHoursConfig.prefault({}),
    })
    .prefault({}),
  upgrade: upgradeConfig.prefault({}),
  backup: backupConfig.prefault({}),
  updates: updatesConfig.prefault({}),
  kubernetes: kubernetesConfig.prefault({}),
});

/** factsway.yaml with every default filled in. */
export type InstanceConfig = z.output<typeof configSchema>;
export type ImageSource = InstanceConfig['images']['source'];
