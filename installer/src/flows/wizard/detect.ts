import { buildCatalog } from '../../catalog/catalog.ts';
import { configSchema, type InstanceConfig } from '../../model/config.ts';
import { HOST_NAME } from '../../model/host-name.ts';
import { toFactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireDocker } from '../check-docker.ts';
import type { EngineFacts, Facts } from './facts.ts';
import { foundProxy, PROXY_VARIABLES } from './found-proxy.ts';
import type { Question } from './question.ts';

/** Looks at the machine, for suggestions; `current` is the configuration of an instance that exists. Reads only. */
export async function detect(
  directory: string,
  current: InstanceConfig | undefined,
  questions: readonly Question[],
  ports: Ports,
): Promise<Facts> {
  const { host } = ports;
  const config = current ?? configSchema.parse({});
  const engine = await observeEngine(ports);
  const ownPorts = await observeOwnPorts(config, engine, ports);
  const [fullName, built, busyPorts, proxy] = await Promise.all([
    host.fullName(),
    observeBuilt(config, engine, ports),
    observeBusyPorts(config, questions, ownPorts, ports),
    current === undefined ? observeProxy(engine, ports) : undefined,
  ]);
  const name = fullName ?? host.hostname();
  return {
    directory,
    hostName: HOST_NAME.test(name) ? name.toLowerCase() : undefined,
    timeZone: host.timeZone(),
    memoryBytes: host.memoryBytes(),
    cores: host.cores(),
    engine,
    built,
    proxy,
    busyPorts,
    ownPorts,
  };
}

async function observeEngine(ports: Ports): Promise<EngineFacts> {
  try {
    const { engine, compose } = await requireDocker(ports);
    return { answers: true, version: engine, compose };
  } catch (error) {
    const { message, hint } = toFactswayError(error);
    return { answers: false, problem: message, remedy: hint };
  }
}

/** How many of the images that can be built on this host are here, for the release in question. */
async function observeBuilt(
  config: InstanceConfig,
  engine: EngineFacts,
  { docker }: Ports,
): Promise<Facts['built']> {
  const { workloads } = buildCatalog(
    configSchema.parse({ images: { source: 'debian' }, release: config.release }),
  );
  const references = [...new Set(workloads.map(({ image }) => image))];
  if (!engine.answers) return { found: 0, of: references.length };
  const found = await docker.images(references);
  return { found: Object.keys(found).length, of: references.length };
}

/** What cannot be asked of the engine is nothing to stop for: it is only about a suggestion. */
async function observeProxy(engine: EngineFacts, { machine, engineProbes }: Ports) {
  const [environment, details] = await Promise.all([
    machine.environment(PROXY_VARIABLES),
    engine.answers ? engineProbes.details().catch(() => undefined) : undefined,
  ]);
  return foundProxy({ environment, engine: details?.proxy ?? '' });
}

async function observeOwnPorts(
  { project }: InstanceConfig,
  engine: EngineFacts,
  { docker }: Ports,
): Promise<ReadonlySet<number>> {
  const containers = engine.answers ? await docker.containers(project) : [];
  return new Set(containers.flatMap((one) => one.ports.map(({ port }) => port)));
}

/** Ports the questions might suggest that another program listens on. */
async function observeBusyPorts(
  config: InstanceConfig,
  questions: readonly Question[],
  own: ReadonlySet<number>,
  { host }: Ports,
): Promise<ReadonlySet<number>> {
  const wanted = questions.flatMap(({ port }) =>
    port ? port.candidates.map((number) => ({ bind: port.bind(config), number })) : [],
  );
  const busy = await Promise.all(
    wanted
      .filter(({ number }) => !own.has(number))
      .map(async ({ bind, number }) => ((await host.portBusy(bind, number)) ? [number] : [])),
  );
  return new Set(busy.flat());
}
