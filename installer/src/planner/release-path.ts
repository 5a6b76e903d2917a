import { FactswayError } from '../model/errors.ts';
import type { ReleaseEntry, ReleaseHistory, ReleaseMigration } from '../model/release-history.ts';
import { compareVersions, isVersion } from '../model/version.ts';

export type ReleasePathRequest = {
  /** The release that serves. */
  readonly from: string;
  readonly to: string;
  /** What the image of `to` says; undefined where it says nothing. */
  readonly history: ReleaseHistory | undefined;
};

export type ReleasePath = {
  readonly from: string;
  readonly to: string;
  readonly direction: 'up' | 'same' | 'down';
  /** Whether the image said anything: without it, nothing below is known. */
  readonly known: boolean;
  /** Releases after `from` and before `to`, oldest first; they are passed over, their migrations are not. */
  readonly between: readonly ReleaseEntry[];
  /** Of these, the ones that have to serve on the way, oldest first. */
  readonly stops: readonly string[];
  /** Of what came after `from`, up to `to`, in the order they run; the ledger of the database may have some already. */
  readonly migrations: readonly ReleaseMigration[];
  /** What `to` says of itself. */
  readonly notes?: string;
};

/**
 * What lies between two releases (spec 04 Upgrade: "releases in between and required stops, migrations that will
 * run"). For another direction than up nothing lies between. Refuses nothing but nonsense: FW-USAGE where a version is
 * none, FW-RELEASE-HISTORY where the history is another release's.
 */
export function releasePath({ from, to, history }: ReleasePathRequest): ReleasePath {
  for (const version of [from, to]) if (!isVersion(version)) throw noVersion(version);
  if (history && compareVersions(history.version, to) !== 0) throw otherRelease(history, to);
  const order = compareVersions(to, from);
  const direction = order === 0 ? 'same' : order > 0 ? 'up' : 'down';
  const isAfter = (version: string): boolean =>
    direction === 'up' && compareVersions(version, from) > 0;
  const between = (history?.history ?? [])
    .filter(({ version }) => isAfter(version) && compareVersions(version, to) < 0)
    .toSorted((a, b) => compareVersions(a.version, b.version));
  // Migrations run in the order of their names, which begin with their number.
  const migrations = (history?.migrations ?? [])
    .filter(({ release }) => isAfter(release))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const notes = history?.history.find(({ version }) => compareVersions(version, to) === 0)?.notes;
  return {
    from,
    to,
    direction,
    known: history !== undefined,
    between,
    stops: between.filter(({ requiredStop }) => requiredStop).map(({ version }) => version),
    migrations,
    ...(notes === undefined ? {} : { notes }),
  };
}

/** An upgrade goes up, and past no required stop. Throws FW-UPGRADE-DOWN and FW-REQUIRED-STOP. */
export function refuseReleasePath({ from, to, direction, stops }: ReleasePath): void {
  if (direction === 'down') {
    throw new FactswayError(
      'FW-UPGRADE-DOWN',
      `${to} comes before ${from}, which serves; an upgrade only goes on.`,
      'Go back to the release before: factsway-install rollback',
    );
  }
  const [first, ...later] = stops;
  if (first === undefined) return;
  const then = [...later, to].map((version) => `upgrade --to ${version}`).join(', then ');
  throw new FactswayError(
    'FW-REQUIRED-STOP',
    `Between ${from} and ${to}, ${first} has to be installed first: later releases count on what it does.`,
    `Install it: factsway-install upgrade --to ${first}`,
    [`Afterwards: ${then}`],
  );
}

/** The path in sentences, for the head of a plan. */
export function describeReleasePath(path: ReleasePath): string[] {
  const { to, between, migrations, notes, known, direction } = path;
  if (direction !== 'up') return [];
  if (!known)
    return [`The image of ${to} does not say what lies between; required stops are not known.`];
  const contract = migrations.filter(({ kind }) => kind === 'contract');
  return [
    ...(notes === undefined ? [] : [`${to}: ${notes}`]),
    ...between.map(
      ({ version, notes: text }) =>
        `${version} is passed over${text === undefined ? '.' : `: ${text}`}`,
    ),
    ...migrations.map(
      ({ name, release, kind, down }) =>
        `Migration ${name} (${kind}, of ${release}${down ? '' : ', cannot be undone'})`,
    ),
    ...(contract.length === 0
      ? []
      : [
          `After ${contract.map(({ name }) => name).join(', ')} there is no rollback but a restore.`,
        ]),
  ];
}

function noVersion(text: string): FactswayError {
  return new FactswayError(
    'FW-USAGE',
    `"${text}" is not a version such as 1.1.0.`,
    'Example: factsway-install upgrade --to 1.1.0',
  );
}

function otherRelease({ version }: ReleaseHistory, to: string): FactswayError {
  return new FactswayError(
    'FW-RELEASE-HISTORY',
    `The migrations image of ${to} says that it is of release ${version}.`,
    `A tag leads to the wrong image; see which: factsway-install images list --set release.version=${to}`,
  );
}
