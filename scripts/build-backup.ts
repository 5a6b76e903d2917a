/** Bundles the program of the backup image into `build/backup/`, that image's Docker build context. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { collectLicences } from '../services/build/licences.ts';
import { normalise } from '../services/build/normalise.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CONTEXT = join(ROOT, 'build/backup');

rmSync(CONTEXT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['backup/src/main.ts'],
  outfile: join(CONTEXT, 'backup.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  // The program is started for every command, also for the one that a lost database waits for: CommonJS, which is there
  // a quarter sooner, and no question of pg whether this is Cloudflare, which loads the whole of fetch.
  define: { Response: 'undefined' },
  // Notices are collected in LICENCES.txt instead.
  legalComments: 'none',
  // Optional native part of pg, which we neither have nor want.
  external: ['pg-native'],
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(CONTEXT, 'LICENCES.txt'), collectLicences(ROOT, metafile));
copyFileSync(join(ROOT, 'images/backup/factsway-backup'), join(CONTEXT, 'factsway-backup'));
normalise(CONTEXT);
console.log('build/backup: backup.cjs, factsway-backup, LICENCES.txt');
