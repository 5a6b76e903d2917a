import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RELEASE_LABEL } from '../installer/src/model/labels.ts';
import { readReleaseHistory } from '../installer/src/model/release-history.ts';
import { releaseLabel } from '../services/build/release-label.ts';
import { readMigrations } from '../services/migrations/src/migration-file.ts';
import { compareReleases } from '../services/migrations/src/release.ts';
import { RELEASES } from '../services/releases.ts';

const ROOT = join(import.meta.dirname, '..');
const migrationsOf = (version: string) =>
  readMigrations(join(ROOT, 'services/migrations/sql')).filter(
    ({ release }) => compareReleases(release, version) <= 0,
  );
const labelOf = (version: string): string => releaseLabel(version, migrationsOf(version));

describe('the label of the migrations image', () => {
  it.each(RELEASES.map(({ version }) => version))(
    'of %s is what the installer reads',
    (version) => {
      const read = readReleaseHistory(labelOf(version), `factsway/migrations:${version}`);
      expect(read?.version).toBe(version);
      expect(read?.history.at(-1)?.version).toBe(version);
      expect(read?.migrations.map(({ name }) => name)).toEqual(
        migrationsOf(version).map(({ name }) => name),
      );
    },
  );

  it('says of each migration what its header says', () => {
    const { migrations } = JSON.parse(labelOf('1.1.0')) as { migrations: object[] };
    expect(migrations).toContainEqual({
      name: '0005_case_matter_number',
      release: '1.1.0',
      kind: 'expand',
      down: true,
    });
    const contract = {
      name: '0009_x',
      release: '1.0.0',
      kind: 'contract',
      down: undefined,
    } as const;
    expect(releaseLabel('1.0.0', [contract])).toContain('"kind":"contract","down":false');
  });

  it('is one line without a character that a shell, a Dockerfile or a terminal takes for its own', () => {
    expect(labelOf('1.1.0')).toMatch(/^[\x20-\x7e]+$/);
    expect(labelOf('1.1.0')).not.toMatch(/[$`\\']/);
  });

  it('of a version nobody has declared has itself as its last entry', () => {
    const last = (version: string): unknown =>
      (JSON.parse(releaseLabel(version, [])) as { history: object[] }).history.slice(-2);
    expect(last('1.1.0-rc.1')).toEqual([RELEASES[0], { version: '1.1.0-rc.1' }]);
    expect(last('1.0.7')).toEqual([RELEASES[0], { version: '1.0.7' }]);
  });

  it('is refused with a migration of a release that nobody has declared', () => {
    const stray = { name: '0009_x', release: '1.0.5', kind: 'expand', down: '' } as const;
    expect(() => releaseLabel('1.1.0', [stray])).toThrow('0009_x is of release 1.0.5');
  });

  it('is put on the image by its build, from the file of the bundle', () => {
    const script = readFileSync(join(ROOT, 'scripts/lib/service-images.sh'), 'utf8');
    expect(script).toContain(`--label "${RELEASE_LABEL}=$(<`);
  });
});

it('the releases stand in order and each says something of itself', () => {
  for (const [index, { version, notes }] of RELEASES.entries()) {
    expect(notes).toMatch(/^[A-Z].*\.$/);
    const next = RELEASES[index + 1];
    if (next) expect(compareReleases(version, next.version)).toBeLessThan(0);
  }
});
