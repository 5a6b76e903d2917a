import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../../reference/src/services/index.ts';
import { readMigrations } from './migration-file.ts';
import { compareReleases } from './release.ts';

const HERE = resolve(import.meta.dirname, '..');
const CONFIG = join(HERE, '.squawk.toml');
const SQUAWK = join(
  dirname(createRequire(import.meta.url).resolve('squawk-cli/package.json')),
  'js/bin/squawk',
);
const migrations = readMigrations(join(HERE, 'sql'));

/** What is wrong with these files, as "rule message" lines. */
function squawk(config: string, paths: readonly string[]): string[] {
  try {
    execFileSync(process.execPath, [SQUAWK, '--config', config, '--reporter', 'json', ...paths], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer };
    const found = JSON.parse(stdout?.toString() ?? '') as { rule_name: string; file: string }[];
    return found.map(({ rule_name: rule, file }) => `${rule} in ${file}`);
  }
}

describe('the migrations', () => {
  it('pass squawk', () => {
    const paths = migrations.map(({ name }) => join(HERE, 'sql', `${name}.sql`));
    expect(paths.length).toBeGreaterThan(0);
    expect(squawk(CONFIG, paths)).toEqual([]);
  });

  it('tagged expand drop nothing on their way up', () => {
    const folder = mkdtempSync(join(tmpdir(), 'squawk-'));
    try {
      const config = join(folder, 'up.toml');
      writeFileSync(config, readFileSync(CONFIG, 'utf8').replace(/^\s+"ban-drop.*$/gm, ''));
      const write = (name: string, sql: string) => {
        const path = join(folder, `${name}.sql`);
        writeFileSync(path, sql);
        return path;
      };
      const ups = migrations
        .filter(({ kind }) => kind === 'expand')
        .map(({ name, up }) => write(name, up));
      expect(squawk(config, ups)).toEqual([]);
      // And the lint does see a drop.
      const drop = write('drop', 'ALTER TABLE factsway.cases DROP COLUMN court;\n');
      expect(squawk(config, [drop])).toEqual([`ban-drop-column in ${drop}`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have releases that do not decrease', () => {
    for (const [index, file] of migrations.entries()) {
      const previous = migrations[index - 1]?.release ?? '0.0.0';
      expect(compareReleases(file.release, previous)).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(SERVICES.flatMap(({ resources }) => resources).map((r) => [r.path, r] as const))(
    'make every column of %s in the release that needs it',
    (_, resource) => {
      for (const { name, since = '1.0.0' } of resource.fields) {
        const sql = migrations
          .filter(({ release }) => release === since)
          .map(({ up }) => up)
          .join('\n');
        const created = new RegExp(
          `CREATE TABLE factsway\\.${resource.table} \\([^;]*\\b${name}\\b`,
        );
        const added = new RegExp(`ALTER TABLE factsway\\.${resource.table} ADD COLUMN ${name}\\b`);
        expect(created.test(sql) || added.test(sql), `${name} since ${since}`).toBe(true);
      }
    },
  );
});
