import type { MigrationFile } from '../migrations/src/migration-file.ts';
import { compareReleases } from '../migrations/src/release.ts';
import { RELEASES, type ReleaseEntry } from '../releases.ts';

type Declared = Pick<MigrationFile, 'name' | 'release' | 'kind' | 'down'>;

/**
 * What a release says of itself, as the value of the label `io.factsway.release`: its version, the releases before
 * it, and its migrations with what kind they are and whether they can be undone. Compact JSON; the same source gives
 * the same text. A version nobody has declared (a build for a test, a candidate) is its own last entry.
 *
 * @throws Error when a migration belongs to a release that services/releases.ts does not know
 */
export function releaseLabel(
  version: string,
  migrations: readonly Declared[],
  releases: readonly ReleaseEntry[] = RELEASES,
): string {
  const declared = releases.find((release) => release.version === version);
  const history = [
    ...releases.filter((release) => compareReleases(release.version, version) < 0),
    declared ?? { version },
  ];
  const lost = migrations.find(
    ({ release }) => !history.some((known) => compareReleases(known.version, release) === 0),
  );
  if (lost) {
    throw new Error(
      `Migration ${lost.name} is of release ${lost.release}, which services/releases.ts does not know.`,
    );
  }
  return JSON.stringify({
    version,
    history,
    migrations: migrations.map(({ name, release, kind, down }) => ({
      name,
      release,
      kind,
      down: down !== undefined,
    })),
  });
}
