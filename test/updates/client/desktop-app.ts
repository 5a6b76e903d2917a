import { NsisUpdater, type AppUpdater, type UpdateInfo } from 'electron-updater';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Channel } from '../../../installer/src/model/updates/protocol.ts';
import { RecordingExecutor } from './recording-executor.ts';
import { sha512Of } from './release-files.ts';

export type AppAdapter = NonNullable<ConstructorParameters<typeof NsisUpdater>[1]>;

/** Of electron-updater, and not in its types. */
type Inner = {
  httpExecutor: RecordingExecutor;
  _testOnlyOptions: { platform: NodeJS.Platform; isUseDifferentialDownload: boolean } | null;
};

const CACHE = 'factsway-updater';
/** Where the client looks for the installer it was installed with (its CURRENT_APP_INSTALLER_FILE_NAME). */
const INSTALLED = 'installer.exe';

export type AppOptions = {
  /** Base address of the server, with or without a path. */
  readonly url: string;
  readonly version: string;
  /** An empty directory: the client's cache, user data and app-update.yml. */
  readonly directory: string;
  readonly channel?: Channel;
  readonly platform?: 'win32' | 'darwin' | 'linux';
  /** Where this user lies between 0 and 1; offered what is rolled out to more percent than that. */
  readonly rolloutPlace?: number;
  /** The installer of the running version, as left by an earlier update: what makes a differential download possible. */
  readonly installed?: Buffer;
  /** Several ranges in one request, which is the client's default; S3 and CloudFront do not answer them as it expects. */
  readonly multipleRanges?: boolean;
  /** Another updater than that of Windows, and what it calls the installer it keeps. */
  readonly updater?: (adapter: AppAdapter) => AppUpdater;
  readonly installedName?: string;
  /** PEM of a further authority. */
  readonly ca?: string;
};

export type DesktopApp = {
  readonly executor: RecordingExecutor;
  readonly log: readonly string[];
  /** Asks the server; undefined where there is nothing for this user. Throws what electron-updater throws. */
  check(): Promise<UpdateInfo | undefined>;
  /** After a check that found one. The file's path and SHA-512 (base64); throws what electron-updater throws. */
  download(): Promise<{ readonly path: string; readonly sha512: string }>;
  /** What the client keeps of downloads that are not finished. */
  readonly pending: string;
};

/** A staging id of which the client computes that place: its last four bytes over 2^32 - 1. */
function userId(place: number): string {
  const end = Math.round(place * 0xffffffff)
    .toString(16)
    .padStart(8, '0');
  return `6ba7b812-9dad-51d1-80b4-00c0${end}`;
}

async function prepare(options: AppOptions): Promise<string> {
  const { directory, url, channel, multipleRanges } = options;
  const settings = join(directory, 'app-update.yml');
  await mkdir(join(directory, 'cache', CACHE), { recursive: true });
  await writeFile(
    settings,
    stringify({
      provider: 'generic',
      url,
      updaterCacheDirName: CACHE,
      useMultipleRangeRequest: multipleRanges ?? false,
      ...(channel === undefined || channel === 'latest' ? {} : { channel }),
    }),
  );
  await mkdir(join(directory, 'user'), { recursive: true });
  await writeFile(join(directory, 'user/.updaterId'), userId(options.rolloutPlace ?? 0.5));
  if (options.installed !== undefined)
    await writeFile(
      join(directory, 'cache', CACHE, options.installedName ?? INSTALLED),
      options.installed,
    );
  return settings;
}

function adapter({ directory, version }: AppOptions, settings: string): AppAdapter {
  return {
    version,
    name: 'factsway',
    isPackaged: true,
    appUpdateConfigPath: settings,
    userDataPath: join(directory, 'user'),
    baseCachePath: join(directory, 'cache'),
    whenReady: () => Promise.resolve(),
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: () => undefined,
  };
}

/** The updater of the desktop app: electron-updater itself, under plain Node, with an app-update.yml on disk. */
export async function startDesktopApp(options: AppOptions): Promise<DesktopApp> {
  const settings = await prepare(options);
  const make = options.updater ?? ((of: AppAdapter): AppUpdater => new NsisUpdater(null, of));
  const updater = make(adapter(options, settings));
  const executor = new RecordingExecutor(options.ca);
  const inner = updater as unknown as Inner;
  inner.httpExecutor = executor;
  const log: string[] = [];
  const note = (message?: unknown): void => void log.push(String(message));
  updater.logger = { info: note, warn: note, error: note };
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  // Without a listener, an EventEmitter throws what the promise says as well.
  updater.on('error', () => undefined);
  return {
    executor,
    log,
    pending: join(options.directory, 'cache', CACHE, 'pending'),
    async check() {
      // Only the platform is pretended, and only until the provider is made: with these options set, a differential
      // download that fails would be an error, where on a desk it becomes a full one.
      inner._testOnlyOptions = {
        platform: options.platform ?? 'win32',
        isUseDifferentialDownload: true,
      };
      try {
        const found = await updater.checkForUpdates();
        return found?.isUpdateAvailable === true ? found.updateInfo : undefined;
      } finally {
        inner._testOnlyOptions = null;
      }
    },
    async download() {
      const [path] = await updater.downloadUpdate();
      if (path === undefined) throw new Error('electron-updater downloaded nothing');
      return { path, sha512: sha512Of(await readFile(path)) };
    },
  };
}
