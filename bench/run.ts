/**
 * `npm run bench [-- cli render export package install backup monitoring paging quiet-hour]`: measures, prints a table, writes
 * bench/results.json. A run of single parts replaces their rows there, if it was the same machine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem, release } from 'node:os';
import { join } from 'node:path';
import { backupRows } from './backup.bench.ts';
import { cliRows } from './cli.bench.ts';
import { installRows } from './install.bench.ts';
import { exportRows } from './export.bench.ts';
import { formatRows, type Row } from './lib/rows.ts';
import { monitoringRows } from './monitoring.bench.ts';
import { packageRows } from './package.bench.ts';
import { pagingRows } from './paging.bench.ts';
import { quietHourRows } from './quiet-hour.bench.ts';
import { renderRows } from './render.bench.ts';

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  cli: cliRows,
  render: renderRows,
  export: exportRows,
  package: packageRows,
  install: installRows,
  backup: backupRows,
  monitoring: monitoringRows,
  paging: pagingRows,
  'quiet-hour': quietHourRows,
};
/** A quarter of an hour, and twelve minutes: only when asked for by name. */
const LONG = new Set(['paging', 'quiet-hour']);
const RESULTS = join(import.meta.dirname, 'results.json');

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}". Known: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
type Measured = Row & { readonly part: string };
const rows: Measured[] = [];
for (const [part, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 ? !asked.includes(part) : LONG.has(part)) continue;
  console.error(`measuring ${part} …`);
  rows.push(...(await measure()).map((row) => ({ part, ...row })));
}
const machine = {
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  kernel: release(),
  node: process.version,
};
console.log(
  `${formatRows(rows)}\n\n${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}; medians`,
);
const parts = new Set(rows.map(({ part }) => part));
const all = [...(await before()).filter(({ part }) => !parts.has(part)), ...rows];
const order = Object.keys(PARTS);
all.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
await writeFile(RESULTS, `${JSON.stringify({ machine, rows: all }, null, 2)}\n`);

/** Rows of earlier runs, where they can be compared with these. */
async function before(): Promise<Measured[]> {
  const text = await readFile(RESULTS, 'utf8').catch(() => '{"rows":[]}');
  const earlier = JSON.parse(text) as { machine?: object; rows: Measured[] };
  return JSON.stringify(earlier.machine) === JSON.stringify(machine) ? earlier.rows : [];
}
