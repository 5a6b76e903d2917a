import type { InstanceView } from '../checks/collectors/instance-view.ts';
import { collectServiceEndpoints } from '../checks/collectors/service-endpoints.ts';
import { GATES, type Gate } from '../checks/gates.ts';
import { fail, type CheckResult } from '../model/check-result.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { FactswayError, toFactswayError } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Ports } from '../ports/ports.ts';
import { requireDocker } from './check-docker.ts';
import { catalogInEffect, noteOfLostConfig } from './in-effect.ts';
import { instancePaths } from './paths.ts';

const RETRY_MS = 500;

export type VerifyRequest = {
  readonly directory: string;
  /** Names of the gates to run; empty means all. */
  readonly gates: readonly string[];
  /** How long a gate may take to turn green; the first scrape of a target comes up to 15 s after the start. */
  readonly timeoutMs: number;
  /** What was seen before this moment, in milliseconds since 1970, proves nothing; now unless said. */
  readonly sinceMs?: number;
};

/** Runs the gates side by side, each until it passes or its time is up, and reports them in their order. */
export async function verify(request: VerifyRequest, ports: Ports): Promise<CheckResult[]> {
  const { catalog, config } = await catalogInEffect(request.directory, ports.files);
  const lost = await noteOfLostConfig(request.directory, ports.files);
  if (lost !== undefined) ports.reporter.note(lost);
  const gates = chooseGates(request.gates).filter((gate) => gate.applies?.(catalog) ?? true);
  await requireDocker(ports);
  const view: InstanceView = {
    directory: request.directory,
    catalog,
    startedMs: request.sinceMs ?? ports.clock.now().getTime(),
    ports,
    rootCertificate:
      config.edge.tls.mode === 'internal'
        ? await ports.files.readText(instancePaths(request.directory).rootCertificate)
        : undefined,
    containers: () => ports.docker.containers(config.project),
    endpoints: shared(() => collectServiceEndpoints(view), ports.clock),
  };
  refuseStopped(await view.containers());
  const running = gates.map((gate) => untilGreen(gate, view, request.timeoutMs, ports));
  const results: CheckResult[] = [];
  for (const result of running) {
    const finished = await result;
    ports.reporter.gate(finished);
    results.push(finished);
  }
  return results;
}

/** Of what does not run nothing can be proven, and some gates would find nothing wrong with nothing. */
function refuseStopped(containers: readonly ObservedContainer[]): void {
  if (containers.some(({ state }) => state === 'running')) return;
  throw new FactswayError(
    'FW-NOT-RUNNING',
    'Nothing of this instance is running, so there is nothing to verify.',
    'Start it: factsway-install up',
  );
}

/** Callers that come while an answer is under way, or just after it, get that answer. */
function shared<T>(ask: () => Promise<T>, clock: Ports['clock']): () => Promise<T> {
  let last: { readonly answer: Promise<T>; freshUntil: number } | undefined;
  return () => {
    if (last && clock.monotonicMs() < last.freshUntil) return last.answer;
    const current = { answer: ask(), freshUntil: Infinity };
    const expire = (): void => {
      current.freshUntil = clock.monotonicMs() + RETRY_MS;
    };
    current.answer.then(expire, expire);
    last = current;
    return current.answer;
  };
}

function chooseGates(names: readonly string[]): readonly Gate[] {
  const known = GATES.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new FactswayError(
      'FW-USAGE',
      `There is no gate "${unknown}".`,
      `${didYouMean(unknown, known)}Known: ${known.join(', ')}`,
    );
  return names.length === 0 ? GATES : GATES.filter(({ name }) => names.includes(name));
}

async function untilGreen(
  gate: Gate,
  view: InstanceView,
  timeoutMs: number,
  { clock, reporter, signal }: Ports,
): Promise<CheckResult> {
  const deadline = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const result = await runGate(gate, view);
    if (result.status !== 'fail' || clock.monotonicMs() >= deadline) return result;
    reporter.gateWaiting(gate.name, `waiting: ${result.details?.[0] ?? result.found}`);
    await clock.sleep(RETRY_MS, signal);
  }
}

/** A collector that throws is a failed gate, never the end of the others. */
async function runGate(gate: Gate, view: InstanceView): Promise<CheckResult> {
  try {
    return await gate.run(view);
  } catch (error) {
    const { message, hint } = toFactswayError(error);
    return fail(gate.name, message, hint);
  }
}
