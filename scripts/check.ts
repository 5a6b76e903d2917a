/** The one gate: every check that needs no Docker, begun in the order in which they are quickest to mend. */
import { execa } from 'execa';

const CHECKS: readonly (readonly [name: string, script: string])[] = [
  ['generated files', 'generate -- --check'],
  ['format', 'format:check'],
  ['types', 'types'],
  ['layers', 'layers'],
  ['unused code', 'unused'],
  ['SQL of the migrations', 'sql'],
  ['lint', 'lint'],
  ['unit tests and golden files', 'test'],
];

/** Each keeps one core busy, but for the tests, which want all: those run last and alone. */
const SIDE_BY_SIDE = 2;

const only = process.argv.slice(2);
const wanted = CHECKS.filter((check) => only.length === 0 || only.includes(check[0]));
const failed: string[] = [];

async function run([name, script]: (typeof CHECKS)[number]): Promise<void> {
  const begun = performance.now();
  const { exitCode, all } = await execa('npm', ['run', '--silent', ...script.split(' ')], {
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const good = exitCode === 0;
  console.log(`${good ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (good) return;
  failed.push(name);
  console.error(all);
}

const queue = wanted.filter(([, script]) => script !== 'test');
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
};
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
for (const check of wanted.filter(([, script]) => script === 'test')) await run(check);
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`);
  process.exit(1);
}
