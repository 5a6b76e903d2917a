import type { Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { publicUrl } from '../public-url.ts';
import { hardened, httpHealth } from './hardened.ts';

export const GRAFANA_PORT = 3000;
/** Where the rendered directory is inside the container. */
const MOUNT = '/etc/grafana/factsway';
/** Where Grafana finds the dashboards, inside its container. */
export const DASHBOARDS = `${MOUNT}/dashboards`;

export function grafana({ config, sizing }: CatalogContext, image: ResolvedImage): Workload {
  return hardened({
    component: 'grafana',
    id: 'grafana',
    group: 'monitoring',
    purpose: 'dashboards, behind the edge proxy under /grafana',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'http', port: GRAFANA_PORT }],
    command: [],
    environment: {
      GF_SERVER_ROOT_URL: `${publicUrl(config)}/grafana/`,
      GF_SERVER_SERVE_FROM_SUB_PATH: 'true',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana-admin-password',
      GF_PATHS_PROVISIONING: `${MOUNT}/provisioning`,
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${DASHBOARDS}/overview.json`,
      GF_DATE_FORMATS_DEFAULT_TIMEZONE: config.host.timeZone,
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_SECURITY_COOKIE_SECURE: String(config.edge.tls.mode !== 'off'),
      // Nothing here may call home: many of these servers have no way out.
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    },
    secrets: ['grafana-admin-password'],
    config: { directory: 'grafana', mount: MOUNT, reload: { how: 'recreate' } },
    volumes: [{ name: 'grafana-data', mount: '/var/lib/grafana' }],
    networks: [{ name: 'monitoring' }],
    health: httpHealth(GRAFANA_PORT, '/api/health', 90),
    memory: sizing.fixed.grafana,
    cpus: sizing.fixedCpus,
  });
}
