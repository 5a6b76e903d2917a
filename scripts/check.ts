/** The one gate: every check that needs no Docker, in the order in which they are quickest to mend. */
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

const only = process.argv.slice(2);
const failed: string[] = [];
for (const [name, script] of CHECKS.filter(
  (check) => only.length === 0 || only.includes(check[0]),
)) {
  const begun = performance.now();
  const { exitCode, all } = await execa('npm', ['run', '--silent', ...script.split(' ')], {
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const good = exitCode === 0;
  console.log(`${good ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (good) continue;
  failed.push(name);
  console.error(all);
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`);
  process.exit(1);
}
