/**
 * What the desktop app may ask an update server for, and what it has to get (spec 07). The CloudFront template, the
 * mirror, the edge emulator and `release verify` all read this one table.
 */

/** Channels of electron-updater; the first is what everybody gets. */
export const CHANNELS = ['latest', 'beta', 'alpha'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Ends of a manifest's name by operating system and, for Linux, architecture (electron-updater, AppUpdater). */
export const MANIFEST_ENDS = {
  windows: '',
  mac: '-mac',
  linux: '-linux',
  'linux-arm64': '-linux-arm64',
} as const;
export type Platform = keyof typeof MANIFEST_ENDS;

/** `latest.yml`, `beta-mac.yml`, … */
export function manifestName(channel: Channel, platform: Platform): string {
  return `${channel}${MANIFEST_ENDS[platform]}.yml`;
}

export const MANIFEST_NAMES: readonly string[] = CHANNELS.flatMap((channel) =>
  (Object.keys(MANIFEST_ENDS) as Platform[]).map((platform) => manifestName(channel, platform)),
);

export const INSTALLER_PREFIX = 'FACTSWAY-Setup-';
/** As little as can be is taken for a part of the version: -arm64 is what the file is for, not a candidate. */
const INSTALLER =
  /^FACTSWAY-Setup-(?<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+?)??)(?:-(?<arch>arm64|x64))?\.(?<ending>exe|dmg|zip|AppImage)(?<blockmap>\.blockmap)?$/;

export type InstallerName = {
  readonly version: string;
  /** Undefined where one file is for all, or for the usual one. */
  readonly architecture: string | undefined;
  readonly ending: 'exe' | 'dmg' | 'zip' | 'AppImage';
  readonly blockmap: boolean;
};

/** What a file's name says of it; undefined for what is no installer of ours. */
export function parseInstallerName(name: string): InstallerName | undefined {
  const groups = INSTALLER.exec(name)?.groups;
  if (groups === undefined) return undefined;
  return {
    version: groups['version'] ?? '',
    architecture: groups['arch'],
    ending: groups['ending'] as InstallerName['ending'],
    blockmap: groups['blockmap'] !== undefined,
  };
}

/** A manifest changes under its name, an installer never does. */
export const CACHE_CONTROL = {
  manifest: 'no-cache, max-age=0, must-revalidate',
  installer: 'public, max-age=31536000, immutable',
  error: 'no-store',
} as const;

export const CONTENT_TYPES = {
  manifest: 'text/yaml; charset=utf-8',
  installer: 'application/octet-stream',
  error: 'application/json; charset=utf-8',
} as const;

/** Seconds a client that asked too often is told to wait. */
export const RETRY_AFTER_SECONDS = { manifest: 60, installer: 300 } as const;

/** Bodies of what is not answered with a file; each is served as CONTENT_TYPES.error. */
export const ERROR_BODIES = {
  manifestNotFound: { error: 'Manifest not found', code: 'MANIFEST_NOT_FOUND' },
  installerNotFound: { error: 'Installer not found', code: 'INSTALLER_NOT_FOUND' },
  manifestTooMany: { error: 'Too many requests', retryAfter: RETRY_AFTER_SECONDS.manifest },
  installerTooMany: { error: 'Too many requests', retryAfter: RETRY_AFTER_SECONDS.installer },
  rangeNotSatisfiable: { error: 'Range not satisfiable', code: 'RANGE_NOT_SATISFIABLE' },
  /** Another method than GET and HEAD, or what only an edge refuses by itself. */
  refused: { error: 'Request refused', code: 'REQUEST_REFUSED' },
  unavailable: { error: 'Service temporarily unavailable', code: 'SERVICE_UNAVAILABLE' },
} as const;

export type Served = 'manifest' | 'installer';

/** What a path at the root of an update server is about: everything that ends in .yml is asked for as a manifest. */
export function servedAs(path: string): Served {
  return path.endsWith('.yml') ? 'manifest' : 'installer';
}

/** The channel whose versions have such a number: 1.2.0-beta.3 is one of beta. */
export function channelOfVersion(version: string): Channel {
  const [, candidate] = /^[\d.]+-(beta|alpha)(?:[.+]|$)/.exec(version) ?? [];
  return candidate === 'beta' || candidate === 'alpha' ? candidate : 'latest';
}
