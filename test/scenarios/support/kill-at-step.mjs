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
const { open } = promises;

promises.open = async (...options) => {
  const handle = await open(...options);
  const { appendFile, sync } = handle;
  let written = '';
  handle.appendFile = async (text, ...more) => {
    written += text;
    await appendFile.call(handle, text, ...more);
  };
  // Once the line is on disk: the next run has to find it there.
  handle.sync = async () => {
    await sync.call(handle);
    const isIt =
      written.includes('"event":"step-started"') && written.includes(`"action":"${step}`);
    if (isIt && delay > 0) setTimeout(die, delay);
    else if (isIt) die();
  };
  return handle;
};
syncBuiltinESMExports();
