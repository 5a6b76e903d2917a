import { TLS_MOUNTS, TLS_PLACES } from '../../model/tls-places.ts';
import { MiB } from '../../model/units.ts';
import type { PublishedPort, Workload } from '../../model/workload.ts';
import { edgeEndsTls, type CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth, SCRATCH } from './hardened.ts';

export const EDGE = 'edge';
/** Ports inside the container: above 1024, so that no capability is needed to bind them. */
export const EDGE_PORTS = {
  http: 8080,
  https: 8443,
  metrics: 9180,
  tools: 9181,
  updates: 9182,
} as const;
/** Where Caddy keeps its own authority: root.crt and root.key, and what it signs with in between. */
export const EDGE_AUTHORITY = '/data/caddy/pki/authorities/local';
export const EDGE_ROOT_CERTIFICATE = `${EDGE_AUTHORITY}/root.crt`;
/** What was signed with it. */
export const EDGE_SIGNED = '/data/caddy/certificates/local';
/** Where the runbooks are inside the container. */
export const EDGE_RUNBOOKS = '/etc/factsway-runbooks';
export const EDGE_ADMIN = 'unix//run/caddy/admin.sock';

export function edge(context: CatalogContext, image: ResolvedImage): Workload {
  const { config, sizing } = context;
  const secure = edgeEndsTls(context);
  const { bind, httpPort, httpsPort, tls } = config.edge;
  const ports: PublishedPort[] = [
    {
      bind,
      host: httpPort,
      container: EDGE_PORTS.http,
      purpose: secure ? 'HTTP: redirects to HTTPS' : 'HTTP',
    },
  ];
  if (secure) ports.push({ bind, host: httpsPort, container: EDGE_PORTS.https, purpose: 'HTTPS' });
  const rootUser = image.user.startsWith('0:');
  return hardened({
    component: EDGE,
    id: EDGE,
    group: 'core',
    purpose: 'Caddy: the only way in; ends TLS and routes to the serving slot',
    // In every other mode it asks nobody for anything.
    ...(secure && tls.mode === 'acme'
      ? { speaksOut: 'asks the authority for its certificate' }
      : {}),
    image: image.reference,
    user: image.user,
    listens: [
      { name: 'http', port: EDGE_PORTS.http },
      ...(secure ? [{ name: 'https', port: EDGE_PORTS.https }] : []),
      { name: 'metrics', port: EDGE_PORTS.metrics },
    ],
    command: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    environment: { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config', HOME: '/tmp' },
    config: {
      directory: 'edge',
      mount: '/etc/caddy',
      // A reload lets requests in flight finish; a new container would not.
      reload: {
        how: 'exec',
        argv: [
          'caddy',
          'reload',
          '--config',
          '/etc/caddy/Caddyfile',
          '--adapter',
          'caddyfile',
          '--address',
          EDGE_ADMIN,
        ],
      },
      check: ['caddy', 'validate', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    },
    // Read from disk for every request: a changed runbook needs neither a reload nor a new container.
    extraConfig: [{ directory: 'runbooks', mount: EDGE_RUNBOOKS }],
    // A directory, not a file: a file that is mounted by itself would go on showing the key before the last.
    ...(secure && tls.mode === 'provided'
      ? { secretDirectories: [{ directory: TLS_PLACES.keys, mount: TLS_MOUNTS.keys }] }
      : {}),
    volumes: [{ name: 'edge-data', mount: '/data' }],
    tmpfs: [
      SCRATCH,
      { mount: '/config', sizeBytes: MiB, mode: '1777' },
      { mount: '/run/caddy', sizeBytes: MiB, mode: '1777' },
    ],
    networks: [{ name: 'edge' }, { name: 'app-a' }, { name: 'app-b' }, { name: 'monitoring' }],
    ports,
    health: httpHealth(EDGE_PORTS.metrics, '/healthz'),
    // The program of the official image carries this capability in its file: the kernel does not start it without.
    capabilities: rootUser ? ['NET_BIND_SERVICE'] : [],
    exceptions: rootUser
      ? [
          {
            rule: 'no capabilities',
            reason:
              'the program of the official image carries NET_BIND_SERVICE in its file, and the kernel does not start it where that is not allowed',
          },
          {
            rule: 'non-root user',
            reason:
              'the official image owns /data as root; of the capabilities of the kernel it has the one for low ports alone, and cannot gain another',
          },
        ]
      : [],
    memory: sizing.fixed.edge,
    cpus: sizing.fixedCpus,
    // Longer than the longest request the proxy lets through would be too long for a reboot; a minute is the compromise.
    stopGraceSeconds: 60,
  });
}
