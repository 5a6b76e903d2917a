import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from './ndjson.ts';
import { Problem } from './problem.ts';
import { DUE, type Due } from './requests.ts';

/** The pod of the keeper may be on its way to another node, with volumes that follow it. */
const PATIENCE_MS = 30 * 60_000;
const AGAIN_MS = 10_000;

/** @throws Problem FW-BACKUP-USAGE */
export function dueNamed(text: string | undefined): Due {
  const found = DUE.find((one) => one === text);
  if (found !== undefined) return found;
  throw new Problem(
    'FW-BACKUP-USAGE',
    `ask is for ${DUE.join(' or ')}, and not for "${text ?? ''}"`,
  );
}

/**
 * Asks the keeper at `url` to make what is due, hands on what it says, and returns when it is over: true
 * where it went well. One that does not answer is asked again for half an hour.
 *
 * @throws Problem FW-BACKUP-KEEPER
 */
export async function ask(
  what: Due,
  url: string,
  print: (line: string) => void,
  { patienceMs = PATIENCE_MS, againMs = AGAIN_MS } = {},
): Promise<boolean> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await once(what, url, print);
    } catch (error) {
      // What has begun to answer and then broke off is for the next try of the Job, which joins or begins anew.
      if (error instanceof Problem || Date.now() >= end) throw asProblem(error);
      tell(`the keeper does not answer: ${String(error)}`);
      await sleep(againMs);
    }
  }
}

const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('FW-BACKUP-KEEPER', 'the keeper does not answer', [String(error)]);

function once(what: Due, url: string, print: (line: string) => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(`/due/${what}`, url), { method: 'POST' }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        reject(new Error(`HTTP ${String(response.statusCode)}`));
        return;
      }
      let last = '';
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) print((last = line));
      });
      // What breaks off ends as well; that its last line is no result tells the two apart.
      response.on('error', () => undefined);
      response.on('close', () => {
        const { event } = parse(last);
        if (event === 'result' || event === 'error') resolve(event === 'result');
        else reject(new Problem('FW-BACKUP-KEEPER', 'the keeper went away before it was done'));
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

function parse(line: string): { event?: unknown } {
  try {
    return JSON.parse(line) as { event?: unknown };
  } catch {
    return {};
  }
}
