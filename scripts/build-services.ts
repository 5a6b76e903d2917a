import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { readMigrations, type MigrationFile } from '../services/migrations/src/migration-file.ts';
import { compareReleases, isRelease } from '../services/migrations/src/release.ts';
import { collectLicences } from '../services/build/licences.ts';
import { releaseLabel } from '../services/build/release-label.ts';
import { normalise } from '../services/build/normalise.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SQL = join(ROOT, 'services/migrations/sql');

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import { createRequire as factswayCreateRequire } from 'node:module'; const require = factswayCreateRequire(import.meta.url);";

/** Optional native parts of pg and the like, which we neither have nor want. */
const EXTERNAL = ['pg-native'];

export interface ServicesBuild {
  /** The release, such as 1.0.0. */
  readonly version: string;
  /** Directory that receives `service/` and `migrations/`, the two Docker build contexts. */
  readonly directory: string;
  /** Names of the migrations in this release, in order. */
  readonly migrations: readonly string[];
}

/**
 * Bundles the reference services and the migrations of one release into `<out>/<version>/`:
 * `service/{service,healthcheck}.mjs` and `migrations/{migrate.mjs,sql/}`; `release.json` beside the
 * latter is the label of that image. The same source gives the same bytes.
 *
 * @throws Error when `version` is not a release; esbuild's error when a bundle fails
 */
export async function buildServices(
  version: string,
  out = join(ROOT, 'build/services'),
): Promise<ServicesBuild> {
  if (!isRelease(version)) throw new Error(`"${version}" is not a release such as 1.0.0`);
  const directory = join(resolve(out), version);
  rmSync(directory, { recursive: true, force: true });
  const migrations = readMigrations(SQL).filter(
    (file) => compareReleases(file.release, version) <= 0,
  );
  await buildServiceImage(version, migrations, join(directory, 'service'));
  await buildMigrationsImage(version, migrations, join(directory, 'migrations'));
  normalise(directory);
  return { version, directory, migrations: migrations.map((file) => file.name) };
}

async function buildServiceImage(
  version: string,
  migrations: readonly MigrationFile[],
  directory: string,
): Promise<void> {
  const define = {
    FACTSWAY_BUILD_VERSION: JSON.stringify(version),
    FACTSWAY_SCHEMA_HEAD: JSON.stringify(migrations.at(-1)?.name ?? ''),
  };
  const used = await bundle('services/reference/src/main.ts', directory, 'service.mjs', define);
  await bundle('services/reference/src/healthcheck.ts', directory, 'healthcheck.mjs', {});
  writeFileSync(join(directory, 'LICENCES.txt'), collectLicences(ROOT, used));
}

async function buildMigrationsImage(
  version: string,
  migrations: readonly MigrationFile[],
  directory: string,
): Promise<void> {
  const define = { FACTSWAY_BUILD_VERSION: JSON.stringify(version) };
  const used = await bundle('services/migrations/src/main.ts', directory, 'migrate.mjs', define);
  mkdirSync(join(directory, 'sql'));
  for (const { name } of migrations) {
    copyFileSync(join(SQL, `${name}.sql`), join(directory, 'sql', `${name}.sql`));
  }
  writeFileSync(join(directory, 'LICENCES.txt'), collectLicences(ROOT, used));
  writeFileSync(join(directory, 'release.json'), releaseLabel(version, migrations));
}

async function bundle(
  entry: string,
  directory: string,
  name: string,
  define: Record<string, string>,
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(directory, name),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    // Stack traces and metrics read better with names than a few kilobytes are worth.
    keepNames: true,
    // Notices are collected in LICENCES.txt instead.
    legalComments: 'none',
    external: EXTERNAL,
    // node-pg-migrate loads TypeScript migrations with jiti; ours are SQL, and jiti carries Babel.
    alias: { jiti: './services/build/no-jiti.ts' },
    banner: { js: REQUIRE_BANNER },
    define,
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { version: { type: 'string' }, out: { type: 'string' } },
  });
  if (values.version === undefined) {
    throw new Error('Say which release: --version 1.0.0 [--out build/services]');
  }
  const { directory, migrations } = await buildServices(values.version, values.out);
  const where = relative(process.cwd(), directory);
  console.log(`${where}: ${values.version}, ${migrations.length} migrations`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
