import type { ImageSource } from '../model/config.ts';
import { DEFAULT_POSTGRES, type PostgresVersion } from '../model/postgres-version.ts';

/** Where an image comes from per source, and the numeric user it is run as there. */
type ImageEntry = {
  /** official: a public image by full reference; published: ours, below `images.registry`. */
  readonly upstream: {
    readonly reference: string;
    readonly published: boolean;
    readonly user: string;
  };
  /** Built from Debian packages by images/; absent where Debian has no such package. */
  readonly debian?: { readonly user: string };
};

/** Tag of everything built from Debian packages: the Debian release it was built from. */
export const DEBIAN_TAG = 'debian-13';
/** Repository prefix of everything built on this host. */
export const LOCAL_PREFIX = 'factsway';

const NOBODY = '65534:65534';

/** The two that are made for each major version of PostgreSQL. */
const OF_POSTGRES: readonly string[] = ['postgres', 'backup'];

/** The component images; the eight services and the migrations follow `release.version` and are not listed. */
export const COMPONENT_IMAGES = {
  postgres: {
    upstream: { reference: 'postgres:17-1', published: true, user: '999:999' },
    debian: { user: '999:999' },
  },
  backup: {
    upstream: { reference: 'backup:17-1', published: true, user: '999:999' },
    debian: { user: '999:999' },
  },
  edge: {
    // The official image owns /data as root; without capabilities root may write there and nothing else.
    upstream: { reference: 'docker.io/library/caddy:2.10.2', published: false, user: '0:0' },
    debian: { user: '10001:10001' },
  },
  prometheus: {
    upstream: { reference: 'docker.io/prom/prometheus:v3.5.0', published: false, user: NOBODY },
    debian: { user: NOBODY },
  },
  alertmanager: {
    upstream: { reference: 'docker.io/prom/alertmanager:v0.28.1', published: false, user: NOBODY },
    debian: { user: NOBODY },
  },
  'node-exporter': {
    upstream: { reference: 'docker.io/prom/node-exporter:v1.9.1', published: false, user: NOBODY },
    debian: { user: NOBODY },
  },
  'postgres-exporter': {
    upstream: {
      reference: 'docker.io/prometheuscommunity/postgres-exporter:v0.17.1',
      published: false,
      user: NOBODY,
    },
    debian: { user: NOBODY },
  },
  'blackbox-exporter': {
    upstream: {
      reference: 'docker.io/prom/blackbox-exporter:v0.27.0',
      published: false,
      user: NOBODY,
    },
    debian: { user: NOBODY },
  },
  updates: {
    upstream: { reference: 'updates:1', published: true, user: '10001:10001' },
    debian: { user: '10001:10001' },
  },
  grafana: {
    upstream: { reference: 'docker.io/grafana/grafana:12.2.0', published: false, user: '472:472' },
  },
} as const satisfies Record<string, ImageEntry>;

export type ComponentImage = keyof typeof COMPONENT_IMAGES;
export type ResolvedImage = { readonly reference: string; readonly user: string };
export type ImageSettings = {
  /** Major version; the default one unless said. */
  readonly postgres?: PostgresVersion;
  readonly source: ImageSource;
  readonly registry: string;
  readonly overrides: Readonly<Record<string, string>>;
};

/** Builds what is missing of a platform of this release, from a checkout. */
export const ensureCommand = (version: string, postgres: PostgresVersion): string =>
  `./scripts/images ensure --version ${version}${postgres === DEFAULT_POSTGRES ? '' : ` --postgres ${postgres}`}`;

/** Numeric user of the services and the migrations, part of the platform contract. */
export const SERVICE_USER = '10001:10001';

/** The image of a component, or undefined where the chosen source has none. An override always wins. */
export function resolveComponentImage(
  name: ComponentImage,
  settings: ImageSettings,
): ResolvedImage | undefined {
  const entry: ImageEntry = COMPONENT_IMAGES[name];
  const { postgres = DEFAULT_POSTGRES } = settings;
  const isOther = OF_POSTGRES.includes(name) && postgres !== DEFAULT_POSTGRES;
  const override = settings.overrides[name];
  if (settings.source === 'debian' && entry.debian) {
    return {
      reference:
        override ?? `${LOCAL_PREFIX}/${name}:${DEBIAN_TAG}${isOther ? `-${postgres}` : ''}`,
      user: entry.debian.user,
    };
  }
  if (override !== undefined) return { reference: override, user: entry.upstream.user };
  if (settings.source === 'debian') return undefined;
  const { reference: usual, published, user } = entry.upstream;
  const reference = isOther ? usual.replace(`:${DEFAULT_POSTGRES}-`, `:${postgres}-`) : usual;
  return { reference: published ? `${settings.registry}/${reference}` : reference, user };
}

/** The image of a service or of the migrations: always of the release's one version. */
export function resolveReleaseImage(
  name: string,
  version: string,
  settings: ImageSettings,
): ResolvedImage {
  const prefix = settings.source === 'debian' ? LOCAL_PREFIX : settings.registry;
  return {
    reference: settings.overrides[name] ?? `${prefix}/${name}:${version}`,
    user: SERVICE_USER,
  };
}
