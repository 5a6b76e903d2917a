/**
 * `npm run bench [-- cli render export package install backup release reports monitoring paging quiet-hour]`: measures, prints a table, writes
 * bench/results.json. A run of single parts replaces their rows there; every row says on which machine it was measured, and only those of
 * one machine can be compared.
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
import { releaseRows } from './release.bench.ts';
import { renderRows } from './render.bench.ts';
import { reportsRows } from './reports.bench.ts';

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  cli: cliRows,
  render: renderRows,
  export: exportRows,
  package: packageRows,
  install: installRows,
  backup: backupRows,
  release: releaseRows,
  reports: reportsRows,
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
type Measured = Row & { readonly part: string; readonly machine: string };
const machine = `${cpus().length} × ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.version}`;
const rows: Measured[] = [];
for (const [part, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 ? !asked.includes(part) : LONG.has(part)) continue;
  console.error(`measuring ${part} …`);
  rows.push(...(await measure()).map((row) => ({ part, machine, ...row })));
}
console.log(`${formatRows(rows)}\n\n${machine}; medians`);
const parts = new Set(rows.map(({ part }) => part));
const all = [...(await before()).filter(({ part }) => !parts.has(part)), ...rows];
const order = Object.keys(PARTS);
all.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
await writeFile(RESULTS, `${JSON.stringify({ rows: all }, null, 2)}\n`);

/** Rows of earlier runs. */
async function before(): Promise<Measured[]> {
  const text = await readFile(RESULTS, 'utf8').catch(() => '{"rows":[]}');
  return (JSON.parse(text) as { rows: Measured[] }).rows;
}
