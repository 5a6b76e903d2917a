/**
 * Loaded into the command line before its own code (node --import): ends the process by SIGKILL when the journal gets
 * the line that says a step begins. Polling from outside comes too late for steps that last a millisecond.
 * FACTSWAY_TEST_KILL_AT: how the step's action begins; FACTSWAY_TEST_KILL_AFTER: milliseconds to wait first.
 */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const step = JSON.stringify(process.env.FACTSWAY_TEST_KILL_AT ?? '').slice(1, -1);
const delay = Number(process.env.FACTSWAY_TEST_KILL_AFTER ?? 0);
const die = () => process.kill(process.pid, 'SIGKILL');
const { appendFile } = promises;

promises.appendFile = async (path, text, options) => {
  await appendFile(path, text, options);
  if (!text.includes('"event":"step-started"') || !text.includes(`"action":"${step}`)) return;
  if (delay > 0) setTimeout(die, delay);
  else die();
};
syncBuiltinESMExports();
