/** Bundles the program of the backup image into `build/backup/`, that image's Docker build context. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { collectLicences } from '../services/build/licences.ts';
import { normalise } from '../services/build/normalise.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CONTEXT = join(ROOT, 'build/backup');

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import { createRequire as factswayCreateRequire } from 'node:module'; const require = factswayCreateRequire(import.meta.url);";

rmSync(CONTEXT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['backup/src/main.ts'],
  outfile: join(CONTEXT, 'backup.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  keepNames: true,
  // Notices are collected in LICENCES.txt instead.
  legalComments: 'none',
  // Optional native part of pg, which we neither have nor want.
  external: ['pg-native'],
  banner: { js: REQUIRE_BANNER },
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(CONTEXT, 'LICENCES.txt'), collectLicences(ROOT, metafile));
copyFileSync(join(ROOT, 'images/backup/factsway-backup'), join(CONTEXT, 'factsway-backup'));
normalise(CONTEXT);
console.log('build/backup: backup.mjs, factsway-backup, LICENCES.txt');
