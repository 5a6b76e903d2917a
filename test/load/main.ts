/**
 * `npm run load -- --url https://localhost:8443 --ca DIR/state/root-ca.crt [--rate 200] [--seconds 60]`:
 * puts a running platform under load, prints what it saw, and writes all of it to `--json FILE`. Makes
 * entries and leaves them: never for a platform with real data. Exit status: 0 nothing failed, 1 something
 * did, 2 wrong usage.
 */
/* eslint-disable no-console -- a program whose result is what it prints */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { LoadError } from './client.ts';
import { Load } from './load.ts';
import { problemsOf, summaryOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    ca: { type: 'string' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    pages: { type: 'string', default: '2000' },
    json: { type: 'string' },
  },
});
if (values.url === undefined) {
  console.error(
    'usage: npm run load -- --url URL --ca FILE [--rate N] [--seconds N] [--json FILE]',
  );
  process.exit(2);
}
const load = await Load.begin({
  url: values.url,
  ...(values.ca === undefined ? {} : { ca: readFileSync(values.ca, 'utf8') }),
  ratePerSecond: Number(values.rate),
  seconds: Number(values.seconds),
  documentPages: Number(values.pages),
});
// Ctrl-C ends the load early and still judges it.
process.once('SIGINT', () => void load.stop());
await load.finished();
const report = load.report();
// A platform that is gone by now cannot be read back; what the load saw is told all the same.
const unread: string[] = [];
const applied = await load.settle().catch((error: unknown) => {
  if (!(error instanceof LoadError)) throw error;
  unread.push(`the POSTs could not be read back: ${error.message}`);
  return undefined;
});
load.close();
console.log(summaryOf(report, applied));
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ report, applied }, null, 2)}\n`);
}
const problems = [...problemsOf(report, applied), ...unread];
for (const problem of problems) console.log(`FAILED     ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
