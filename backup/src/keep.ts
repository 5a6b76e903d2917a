import { createServer, type Server } from 'node:http';
import { Bell, ringOnChange } from './bell.ts';
import { carrierOf, keepDistributing, type Carrier } from './carry.ts';
import { begunByKeeper, checkDue, drillDue } from './due.ts';
import { readHistory } from './history.ts';
import { renderMetrics } from './metrics.ts';
import { log } from './ndjson.ts';
import { copyIsBehind } from './instance-copies.ts';
import { SPOOL } from './paths.ts';
import { pause } from './pause.ts';
import { openPlace } from './place.ts';
import { dueRequests } from './requests.ts';
import { run } from './run.ts';
import type { Settings } from './settings.ts';
import { setForeignAside } from './set-aside.ts';
import { dropOtherPlaces, waitingFor } from './spool.ts';

const PORT = 9854;
const ADOPT_MS = 10_000;
const LOOK_EVERY_MS = 30_000;
const COPY_AGAIN_MS = 5 * 60_000;
/** After a start the database gets time to come up, and people time to begin something themselves. */
const FIRST_LOOK_MS = 60_000;
/** A stop waits for what is being carried, and no longer. */
const STOP_MS = 8_000;

/** The container's main process, until it is told to stop. */
export async function keep(settings: Settings): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop.abort();
      setTimeout(() => process.exit(0), STOP_MS).unref();
    });
  }
  const names = settings.places.map(({ name }) => name);
  const dropped = dropOtherPlaces(names);
  if (dropped.length > 0) log('warn', 'these places are no longer configured', { dropped });
  const aside = setForeignAside(names);
  if (aside.length > 0) log('warn', 'these segments are of another cluster', { aside });
  // A backup waits for the log twice, and what is carried at once is at risk for no longer than that takes.
  const bells = { spooled: new Bell(), handedOn: new Bell() };
  ringOnChange(bells.spooled, `${SPOOL}/new`, stop.signal);
  const carriers = settings.places.map((place) =>
    carrierOf(openPlace(settings, place), bells.handedOn),
  );
  const asked =
    settings.schedule.by === 'request' ? dueRequests(settings, command, stop.signal) : null;
  const server = serve(carriers, asked, new Date());
  log('info', 'keeping backups', { places: names });
  const distributing = keepDistributing(names, bells, stop.signal);
  const adopted = command(['adopt']);
  // A new place has no repository before that. What holds the lock for long must not hold up the log.
  await Promise.race([adopted, pause(ADOPT_MS, stop.signal)]);
  await Promise.all([
    distributing,
    ...carriers.map((carrier) => carrier.run(stop.signal)),
    keepAdopting(adopted, stop.signal),
    keepSchedule(settings, stop.signal),
  ]);
  server.close();
  server.closeAllConnections();
  log('info', 'stopped');
}

function serve(
  carriers: readonly Carrier[],
  asked: ReturnType<typeof dueRequests> | null,
  startedAt: Date,
): Server {
  const server = createServer((request, response) => {
    if (asked?.(request, response) === true) return;
    if (request.url === '/health') {
      response.end('ok\n');
      return;
    }
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const places = carriers.map((carrier) => ({
      name: carrier.place,
      waiting: waitingFor(carrier.place, new Date()),
      pushFailures: carrier.failures(),
      carried: carrier.last(),
    }));
    Promise.resolve()
      .then(() => renderMetrics(readHistory(), places, startedAt))
      .then(
        (text) => {
          response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
          response.end(text);
        },
        (error: unknown) => {
          log('error', 'metrics failed', { error: String(error) });
          response.writeHead(500).end();
        },
      );
  });
  server.listen(PORT);
  return server;
}

interface Ended {
  readonly ok: boolean;
}

/** Runs one of our own commands as a process of its own, which takes the lock like any other. */
async function command(args: readonly string[]): Promise<Ended> {
  const ran = await run('factsway-backup', args);
  const line = ran.stdout.trimEnd().split('\n').at(-1) ?? '';
  const last = parse(line);
  log(ran.code === 0 ? 'info' : 'error', `${args.join(' ')} ended`, { exit: ran.code, last });
  // A command for all places succeeds although one was away; adopt says so of each.
  return { ok: ran.code === 0 && !line.includes('"ok":false') };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** Until every place knows the live database; one that is away is tried again and again. */
async function keepAdopting(first: Promise<Ended>, signal: AbortSignal): Promise<void> {
  let { ok } = await first;
  while (!ok && !signal.aborted) {
    await pause(LOOK_EVERY_MS, signal);
    ({ ok } = await command(['adopt']));
  }
}

async function keepSchedule(settings: Settings, signal: AbortSignal): Promise<void> {
  await pause(FIRST_LOOK_MS, signal);
  while (!signal.aborted) {
    try {
      await runDue(settings, signal);
    } catch (error) {
      log('error', 'the schedule could not be followed', { error: String(error) });
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** When the copies of the instance directory may be looked at next; a place that is away is asked no more often. */
const copies = { next: 0 };

async function runDue(settings: Settings, signal: AbortSignal): Promise<void> {
  for (const { name } of settings.places) {
    const history = readHistory();
    if (history === null || signal.aborted) return;
    if (!begunByKeeper(settings, history, new Date()).includes(name)) continue;
    await command(['create', '--type', 'auto', '--reason', 'schedule', '--place', name]);
  }
  const history = readHistory();
  if (history === null || signal.aborted) return;
  // Nobody else has a clock for it, wherever the platform runs.
  const names = settings.places.map(({ name }) => name);
  if (copyIsBehind(history, names) && Date.now() > copies.next) {
    copies.next = Date.now() + COPY_AGAIN_MS;
    await command(['instance-even']);
  }
  const checked = checkDue(settings, history, new Date());
  if (checked !== 'nothing') await command(checked === 'near' ? ['check', '--near'] : ['check']);
  if (settings.schedule.by === 'request') return;
  if (drillDue(settings, history, new Date())) await command(['drill']);
}
