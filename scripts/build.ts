/**
 * Bundles the installer into dist/. Everything is bundled, so the published package has no runtime
 * dependency of its own: `npx factsway-install` fetches one small archive, and what runs is what was tested.
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectLicences } from '../services/build/licences.ts';
import { precompiledTemplates } from './lib/precompile-templates.ts';

const ROOT = join(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

/** Parts of our libraries that are never reached here, each with what would have reached it. */
const UNUSED = {
  ssh2: 'DOCKER_HOST=ssh:// is not supported',
  '@grpc/grpc-js': 'BuildKit sessions: the installer builds no images',
  '@grpc/proto-loader': 'BuildKit sessions: the installer builds no images',
  protobufjs: 'BuildKit sessions: the installer builds no images',
} as const;

await rm(join(ROOT, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  metafile: true,
  entryPoints: { 'factsway-install': join(ROOT, 'installer/src/cli/main.ts') },
  outdir: join(ROOT, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  // All licences whole, in one file beside the bundle.
  legalComments: 'none',
  define: {
    FACTSWAY_VERSION: JSON.stringify(version),
    FACTSWAY_BUILT: JSON.stringify(sourceDate()),
  },
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    // CommonJS libraries inside an ES module need a require of their own.
    js: "import { createRequire as factswayRequire } from 'node:module'; const require = factswayRequire(import.meta.url);",
  },
  plugins: [
    precompiledTemplates(ROOT, ['compose', 'config-templates', 'k8s/templates']),
    {
      name: 'unused-parts',
      setup(bundler) {
        const filter = new RegExp(`^(${Object.keys(UNUSED).join('|')})(/.*)?$`);
        bundler.onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
        bundler.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => {
          const reason =
            Object.entries(UNUSED).find(
              ([name]) => path === name || path.startsWith(`${name}/`),
            )?.[1] ?? '';
          // Libraries look properties up while they load; only a call or a construction is an error.
          return {
            contents: `function absent() { throw new Error(${JSON.stringify(reason)}); }\nmodule.exports = new Proxy(absent, { get: (_, name) => (name === '__esModule' ? undefined : absent) });`,
          };
        });
      },
    },
  ],
});
await chmod(join(ROOT, 'dist/factsway-install.js'), 0o755);
await writeFile(join(ROOT, 'dist/LICENCES.txt'), collectLicences(ROOT, metafile));

/**
 * When the sources were last changed: no clock that is right shows an earlier time. Not the time of the build, so
 * that the same sources give the same package; empty where nobody knows.
 */
function sourceDate(): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? '';
  if (/^\d+$/.test(epoch)) return new Date(Number(epoch) * 1000).toISOString();
  try {
    return execFileSync('git', ['log', '-1', '--format=%cI'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}
