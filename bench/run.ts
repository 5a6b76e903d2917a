/** `npm run bench [-- cli render package install]`: measures, prints a table, writes bench/results.json. */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem, release } from 'node:os';
import { join } from 'node:path';
import { cliRows } from './cli.bench.ts';
import { installRows } from './install.bench.ts';
import { formatRows, type Row } from './lib/rows.ts';
import { packageRows } from './package.bench.ts';
import { renderRows } from './render.bench.ts';

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  cli: cliRows,
  render: renderRows,
  package: packageRows,
  install: installRows,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}". Known: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`measuring ${name} …`);
  rows.push(...(await measure()));
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
if (asked.length === 0)
  await writeFile(
    join(import.meta.dirname, 'results.json'),
    `${JSON.stringify({ machine, rows }, null, 2)}\n`,
  );
