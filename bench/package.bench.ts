import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './lib/rows.ts';

const ROOT = join(import.meta.dirname, '..');
const LIMIT_BYTES = 1.5 * 1024 * 1024;

/** What a customer downloads. */
export async function packageRows(): Promise<Row[]> {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
  });
  const [pack] = JSON.parse(stdout) as { size: number; unpackedSize: number; entryCount: number }[];
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const dependencies = Object.keys(manifest.dependencies ?? {}).length;
  if (!pack) return [];
  const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(2)} MB`;
  return [
    {
      what: 'package: packed, installed, runtime dependencies',
      measured: `${megabytes(pack.size)}, ${megabytes(pack.unpackedSize)}, ${dependencies}`,
      against: '',
      target: 'packed ≤ 1.5 MB',
      met: pack.size <= LIMIT_BYTES,
      details: { ...pack, files: undefined },
    },
  ];
}
