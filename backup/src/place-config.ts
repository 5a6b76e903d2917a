import type { Place } from './settings.ts';

export interface PlaceSecrets {
  readonly key: string;
  readonly s3KeyId?: string;
  readonly s3Secret?: string;
}

export interface PlaceConfigInput {
  readonly place: Place;
  readonly secrets: PlaceSecrets;
  readonly stanza: string;
  readonly processes: number;
  readonly data: string;
  readonly socket: string;
  readonly lockPath: string;
}

/**
 * pgBackRest's configuration for one place, which is always `repo1` in it: with two repositories in one
 * file an archive-push fails as a whole when one is away, and a place must never stop the other.
 *
 * @throws Error when a value holds a line break, which would become an option of its own
 */
export function placeConfig(input: PlaceConfigInput): string {
  const { place, secrets } = input;
  const options: [string, string | number][] = [
    ...storage(place, secrets),
    ['repo1-cipher-type', 'aes-256-cbc'],
    ['repo1-cipher-pass', secrets.key],
    ['repo1-retention-full-type', 'time'],
    ['repo1-retention-full', place.keepDays],
    // Small files in bundles, changed blocks instead of changed files: most of a database never changes.
    ['repo1-bundle', 'y'],
    ['repo1-block', 'y'],
    ['compress-type', 'zst'],
    ['process-max', input.processes],
    ['start-fast', 'y'],
    ['archive-timeout', 120],
    ['lock-path', input.lockPath],
    ['log-level-file', 'off'],
    ['log-level-console', 'off'],
    ['log-level-stderr', 'warn'],
    ['log-timestamp', 'n'],
  ];
  return [
    '[global]',
    ...options.map(([name, value]) => option(name, value)),
    `[${input.stanza}]`,
    option('pg1-path', input.data),
    option('pg1-socket-path', input.socket),
    option('pg1-user', 'postgres'),
    '',
  ].join('\n');
}

function storage(place: Place, secrets: PlaceSecrets): [string, string][] {
  if (place.type === 'posix') {
    return [
      ['repo1-type', 'posix'],
      ['repo1-path', place.path],
    ];
  }
  return [
    ['repo1-type', 's3'],
    ['repo1-path', place.prefix],
    ['repo1-s3-bucket', place.bucket],
    ['repo1-s3-region', place.region],
    ['repo1-s3-endpoint', place.endpoint],
    ['repo1-s3-uri-style', place.style],
    ['repo1-s3-key', secrets.s3KeyId ?? ''],
    ['repo1-s3-key-secret', secrets.s3Secret ?? ''],
    ...(place.caFile === undefined
      ? []
      : [['repo1-storage-ca-file', place.caFile] satisfies [string, string]]),
  ];
}

function option(name: string, value: string | number): string {
  const text = String(value);
  if (text === '' || /[\r\n\0]/.test(text)) throw new Error(`${name} cannot be written to a file`);
  return `${name}=${text}`;
}
