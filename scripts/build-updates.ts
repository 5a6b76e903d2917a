/** Bundles the mirror of desktop updates into `build/updates/`, the Docker build context of its image. */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { collectLicences } from '../services/build/licences.ts';
import { normalise } from '../services/build/normalise.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CONTEXT = join(ROOT, 'build/updates');

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import { createRequire as factswayCreateRequire } from 'node:module'; const require = factswayCreateRequire(import.meta.url);";

rmSync(CONTEXT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['updates/src/main.ts'],
  outfile: join(CONTEXT, 'updates.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  keepNames: true,
  // Notices are collected in LICENCES.txt instead.
  legalComments: 'none',
  banner: { js: REQUIRE_BANNER },
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(CONTEXT, 'LICENCES.txt'), collectLicences(ROOT, metafile));
normalise(CONTEXT);
console.log('build/updates: updates.mjs, LICENCES.txt');
