import { execa } from 'execa';
import { join } from 'node:path';
import { Instance } from '../test/scenarios/support/instance.ts';
import { paired, time } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const RUNS = 5;
const LIMIT = 1.25;
const MEMORY_LIMIT_MB = 512;
const CLI = join(import.meta.dirname, '../dist/factsway-install.js');

/** Installation to the last green gate, against Compose alone on the same files; then what the idle platform weighs. */
export async function installRows(): Promise<Row[]> {
  const ours = new Instance('factsway-bench', 27_180);
  const bare = new Instance('factsway-bench-bare', 27_190);
  try {
    const comparison = await paired(
      RUNS,
      async () => {
        await ours.remove();
        return time(process.execPath, [CLI, 'install', '--yes', '--quiet', ...ours.arguments()]);
      },
      async () => {
        await bare.remove();
        await execa(process.execPath, [
          CLI,
          'install',
          '--no-start',
          '--quiet',
          '--yes',
          ...bare.arguments(),
        ]);
        const begun = performance.now();
        await execa('docker', ['compose', 'up', '--detach', '--wait'], {
          cwd: bare.directory,
          stdin: 'ignore',
        });
        const spent = performance.now() - begun;
        await bare.remove();
        return spent;
      },
      false,
    );
    return [
      {
        what: 'install, images present, to every gate green',
        measured: `${milliseconds(comparison.ours.median)}, ${times(comparison.ratio.median)}`,
        against: `docker compose up --wait: ${milliseconds(comparison.theirs.median)}`,
        target: `≤ ${LIMIT}×`,
        met: comparison.ratio.median <= LIMIT,
        details: comparison,
      },
      await memoryRow(ours),
    ];
  } finally {
    await ours.remove();
    await bare.remove();
  }
}

async function memoryRow(instance: Instance): Promise<Row> {
  const { stdout } = await execa('docker', [
    'stats',
    '--no-stream',
    '--format',
    '{{.Name}} {{.MemUsage}}',
  ]);
  const units: Record<string, number> = { KiB: 1 / 1024, MiB: 1, GiB: 1024 };
  const parts = stdout.split('\n').flatMap((line): { name: string; megabytes: number }[] => {
    const match = new RegExp(`^${instance.project}-([a-z-]+)-1 ([\\d.]+)(KiB|MiB|GiB)`).exec(line);
    const name = match?.[1] ?? '';
    if (!match || name === 'postgres' || /-service-[ab]$/.test(name)) return [];
    return [{ name, megabytes: Number(match[2]) * (units[match[3] ?? ''] ?? 0) }];
  });
  const total = parts.reduce((sum, { megabytes }) => sum + megabytes, 0);
  return {
    what: 'memory without services and PostgreSQL, idle',
    measured: `${total.toFixed(0)} MiB in ${parts.length} containers`,
    against: '',
    target: `≤ ${MEMORY_LIMIT_MB} MB`,
    met: total <= MEMORY_LIMIT_MB && parts.length > 0,
    details: parts,
  };
}
