import { EDGE } from '../../catalog/components/edge.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { findContainers, type ActionContext } from './action-context.ts';

/** Answers in a row that a service has to give: one right after the start may be luck. */
const IN_A_ROW = 3;
const POLL_MS = 500;
/** Containers are healthy by then: what does not answer in this time will not. */
const PATIENCE_MS = 60_000;

type Service = ActionOf<'ProveSlot'>['services'][number];

/**
 * Asks from inside the proxy, so that names, networks and ports are those that requests will take. Throws
 * FW-SLOT-NOT-READY for a service that does not take requests, and FW-IMAGE-VERSION for one of another release.
 */
export async function proveSlot(
  { services, slot, version }: ActionOf<'ProveSlot'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { clock, signal } = context.ports;
  await giveWeight(services, context);
  const inARow = new Map(services.map(({ id }) => [id, 0]));
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    await Promise.all(
      services.map(async (service) => {
        const answer = await ask(service, '/health/ready', context);
        inARow.set(service.id, answer === undefined ? 0 : (inARow.get(service.id) ?? 0) + 1);
      }),
    );
    const open = services.filter(({ id }) => (inARow.get(id) ?? 0) < IN_A_ROW);
    if (open.length === 0) break;
    if (clock.monotonicMs() > deadline) throw notReady(open, slot);
    waiting(`asking ${open.map(({ id }) => id).join(', ')}`);
    await clock.sleep(POLL_MS, signal);
  }
  const refused = await Promise.all(
    services.map(async (service) => ({ service, status: await smoke(service, context) })),
  );
  const broken = refused.filter(({ status }) => status === undefined || status >= 500);
  if (broken.length > 0)
    throw notReady(
      broken.map(({ service }) => service),
      slot,
    );
  const versions = await Promise.all(
    services.map(async (service) => ({ id: service.id, is: await versionOf(service, context) })),
  );
  const others = versions.filter(({ is }) => is !== version);
  if (others.length > 0)
    throw new FactswayError(
      'FW-IMAGE-VERSION',
      `Not every service of slot ${slot} says that it is of release ${version}: ${others.map(({ id, is }) => `${id} says ${is ?? 'nothing'}`).join(', ')}.`,
      `Get the images of ${version} again and run the command again.`,
    );
}

/** They started on what those that serve left them; from here on they are to show what they can do. */
async function giveWeight(services: readonly Service[], context: ActionContext): Promise<void> {
  const containers = await findContainers(
    context,
    services.map(({ id }) => id),
  );
  await Promise.all(containers.map(({ id }) => context.ports.docker.weigh(id, 'normal')));
}

/** The text of an answer with a status of success; undefined without one. */
async function ask(
  { id, port }: Service,
  path: string,
  context: ActionContext,
): Promise<string | undefined> {
  const [proxy] = await findContainers(context, [EDGE]);
  if (!proxy) return undefined;
  const url = `http://${id}:${port}${path}`;
  const { exitCode, stdout } = await context.ports.docker.exec(proxy.id, [
    ...['wget', '-q', '-T', '4', '-O', '-'],
    url,
  ]);
  return exitCode === 0 ? stdout : undefined;
}

/**
 * Status of a request for what people ask for, and not only for health. One who is not let in was answered, so the status
 * counts and not the exit code; both kinds of wget show it with -S.
 */
async function smoke(
  { id, port, route }: Service,
  context: ActionContext,
): Promise<number | undefined> {
  const [proxy] = await findContainers(context, [EDGE]);
  if (!proxy) return undefined;
  const url = `http://${id}:${port}${route}`;
  const argv = ['wget', '-S', '-T', '10', '-O', '/dev/null', url];
  const { stdout, stderr } = await context.ports.docker.exec(proxy.id, argv);
  const [, status] = /HTTP\/1\.[01] (\d{3})/.exec(`${stdout}${stderr}`) ?? [];
  return status === undefined ? undefined : Number(status);
}

async function versionOf(service: Service, context: ActionContext): Promise<string | undefined> {
  try {
    const health = JSON.parse((await ask(service, '/health', context)) ?? '') as unknown;
    const version = (health as { version?: unknown } | null)?.version;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

const notReady = (services: readonly Service[], slot: string): FactswayError =>
  new FactswayError(
    'FW-SLOT-NOT-READY',
    `Services of slot ${slot} are healthy by their own word, and the proxy does not reach them or is told to wait: ${services.map(({ id }) => id).join(', ')}.`,
    `See what they say: factsway-install logs ${services[0]?.id.replace(/-[ab]$/, '') ?? ''}   then run the command again.`,
  );
