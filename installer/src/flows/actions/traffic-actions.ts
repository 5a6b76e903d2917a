import { EDGE } from '../../catalog/components/edge.ts';
import { CLOSED_FILE, SERVING_URL, SLOT_B_FILE } from '../../catalog/serving.ts';
import { collectEdgeAnswers } from '../../checks/collectors/edge-answers.ts';
import type { RouteAnswer } from '../../checks/facts.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { forgetSchemaBefore } from '../schema-before.ts';
import { readRelease } from '../serving-slot.ts';
import { findContainers, requireDesired, type ActionContext } from './action-context.ts';

/** A proxy that took up its files answers at once; the time is for a server with much else to do. */
const PATIENCE_MS = 15_000;
const POLL_MS = 200;
/** Rounds in a row in which every route answers: one good answer may be luck. */
const ROUNDS = 3;
/** For connections to the database that a service opens when the first requests come. */
const SETTLING_MS = 30_000;

/**
 * One change of one file: every service at once, with connections left as they are. Throws FW-SWITCH-UNSEEN where the
 * proxy goes on saying that requests go elsewhere.
 */
export async function switchTraffic(
  { to }: ActionOf<'SwitchTraffic'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { clock, files, signal } = context.ports;
  const file = context.paths.file(SLOT_B_FILE);
  // From here on people may write what only the new schema holds: it is not taken back any more.
  if (to !== (await readRelease(context.paths, files))?.slot)
    await forgetSchemaBefore(context.paths, files);
  if (to === 'b') await files.write(file, 'Requests go to slot b.\n', { mode: 0o644 });
  else await files.remove(file);
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const said = await askServing(context);
    if (said === to) return;
    if (clock.monotonicMs() > deadline)
      throw new FactswayError(
        'FW-SWITCH-UNSEEN',
        `The proxy was to send requests to slot ${to}, and ${said === '' ? 'does not say where they go' : `says that they go to slot ${said}`}.`,
        'See what was edited in config/edge: factsway-install diff; put back what was rendered, with a copy of yours in state/edited: factsway-install up --overwrite-edited',
      );
    waiting(said === '' ? 'the proxy does not answer' : `requests still go to slot ${said}`);
    await clock.sleep(POLL_MS, signal);
  }
}

/** The slot that the proxy says requests go to; empty where it does not say. */
async function askServing(context: ActionContext): Promise<string> {
  const [proxy] = await findContainers(context, [EDGE]);
  if (!proxy) return '';
  const argv = ['wget', '-q', '-T', '4', '-O', '-', SERVING_URL];
  const { exitCode, stdout } = await context.ports.docker.exec(proxy.id, argv);
  return exitCode === 0 ? stdout.trim() : '';
}

/**
 * Every public route has to lead to a service that answers; whether it lets a stranger in is its own affair. Throws
 * FW-SLOT-NOT-READY naming the routes that do not.
 */
export async function verifyTraffic(
  { slot, version }: ActionOf<'VerifyTraffic'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { ports, paths } = context;
  const { catalog, directory } = requireDesired(context);
  const rootCertificate =
    catalog.context.config.edge.tls.mode === 'internal'
      ? await ports.files.readText(paths.rootCertificate)
      : undefined;
  const deadline = ports.clock.monotonicMs() + SETTLING_MS;
  for (let round = 0; round < ROUNDS;) {
    const { routes, runbooks } = await collectEdgeAnswers({
      directory,
      catalog,
      ports,
      rootCertificate,
      startedMs: ports.clock.now().getTime(),
      containers: () => ports.docker.containers(context.project),
      endpoints: () => Promise.resolve([]),
    });
    // What the proxy has by itself does not come through either: its certificate or address is the matter, not the slot.
    if (runbooks.status === 0) return;
    const bad = routes.filter(({ status }) => status === 0 || status >= 500);
    round = bad.length === 0 ? round + 1 : 0;
    if (bad.length === 0) continue;
    if (ports.clock.monotonicMs() > deadline) throw notAnswering(bad, slot, version);
    waiting(`no answer yet from ${bad.map(({ route }) => route).join(', ')}`);
    await ports.clock.sleep(POLL_MS, ports.signal);
  }
}

const notAnswering = (routes: readonly RouteAnswer[], slot: string, version: string) =>
  new FactswayError(
    'FW-SLOT-NOT-READY',
    `Slot ${slot} of ${version} does not answer by the front door: ${routes.map(({ route, status, error }) => `${route} (${status === 0 ? error : status})`).join(', ')}.`,
    `See what the services say: factsway-install logs ${routes[0]?.service ?? ''}   then run the command again.`,
  );

/** A request on its way is answered all the same: the page is for those that come from here on. */
export async function showMaintenancePage(
  _action: ActionOf<'ShowMaintenancePage'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  await ports.files.write(paths.file(CLOSED_FILE), '', { mode: 0o644 });
}

export async function hideMaintenancePage(
  _action: ActionOf<'HideMaintenancePage'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  // As with requests that are led to another slot.
  await forgetSchemaBefore(paths, ports.files);
  await ports.files.remove(paths.file(CLOSED_FILE));
}
