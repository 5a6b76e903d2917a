import { publicUrl } from '../catalog/public-url.ts';
import { SERVICES } from '../catalog/services/index.generated.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { analyseDowntime, type Downtime, type Probed } from '../checks/analysers/downtime.ts';
import { localAddress } from '../checks/collectors/edge-answers.ts';
import { collectEdgeTrust } from '../checks/collectors/edge-trust.ts';
import type { HttpRequest } from '../ports/http.ts';
import type { Ports } from '../ports/ports.ts';
import { instancePaths } from './paths.ts';

const INTERVAL_MS = 100;
/** The edge goes on trying a service for five seconds before it gives up: what it says then is to be heard. */
const LIMIT_MS = 10_000;

export type DowntimeProbe = {
  /**
   * Sends no more, waits for what is under way (ten seconds at most) and says what came of it. Undefined where nothing
   * answered before: what was not there cannot be missed. Called again it gives the same.
   */
  stop(): Promise<Downtime | undefined>;
};

type World = Pick<Ports, 'http' | 'clock'>;

/**
 * Asks the edge for a public route ten times a second while a plan is carried out, as `verify` asks it: at this host,
 * with the host name and the authority a client would have. Open loop: a slow answer holds no other request up, so
 * that a pause is counted by all who would have met it. `catalog` is of the configuration in effect. Never rejects; goes
 * on until it is stopped, so stop it whatever becomes of the plan.
 */
export async function probeDowntime(
  { catalog, directory }: { readonly catalog: Catalog; readonly directory: string },
  ports: World & Pick<Ports, 'files'>,
): Promise<DowntimeProbe> {
  const request = await requestFor(catalog, directory, ports).catch(() => undefined);
  return request === undefined ? NOTHING : probeRequest(request, ports);
}

/** The same for a request of the caller's. */
export async function probeRequest(request: HttpRequest, ports: World): Promise<DowntimeProbe> {
  const first = await ask(request, ports.clock.monotonicMs(), ports);
  if (first.problem !== undefined) return NOTHING;
  const ended = new AbortController();
  const probed: Probed[] = [first];
  const asking = keepAsking(request, probed, ended.signal, ports);
  let result: Promise<Downtime> | undefined;
  return {
    stop: () =>
      (result ??= (async () => {
        const stoppedMs = ports.clock.monotonicMs();
        ended.abort();
        await asking;
        return analyseDowntime(probed, stoppedMs);
      })()),
  };
}

const NOTHING: DowntimeProbe = { stop: () => Promise.resolve(undefined) };

/** A list, which changes nothing: of the first service there is, by a route that verify asks as well. */
async function requestFor(
  catalog: Catalog,
  directory: string,
  { files }: Pick<Ports, 'files'>,
): Promise<HttpRequest | undefined> {
  const { config } = catalog.context;
  const route = SERVICES.flatMap(({ routes }) => routes)[0];
  if (route === undefined) return undefined;
  const rootCertificate =
    config.edge.tls.mode === 'internal'
      ? await files.readText(instancePaths(directory).rootCertificate)
      : undefined;
  const { options } = await collectEdgeTrust({ catalog, directory, files, rootCertificate });
  return {
    url: `${publicUrl(config)}${route}`,
    connectTo: localAddress(config.edge.bind),
    timeoutMs: LIMIT_MS,
    headers: { 'user-agent': 'factsway-install' },
    ...options,
  };
}

/** Ends once the last answer is in. What could not be sent in time, because this process had no turn, is sent late. */
async function keepAsking(
  request: HttpRequest,
  probed: Probed[],
  ended: AbortSignal,
  ports: World,
): Promise<void> {
  const { clock } = ports;
  const underWay = new Set<Promise<void>>();
  for (let due = clock.monotonicMs() + INTERVAL_MS; ; due += INTERVAL_MS) {
    await clock.sleep(Math.max(0, due - clock.monotonicMs()), ended).catch(() => undefined);
    if (ended.aborted) break;
    const one = ask(request, due, ports).then((answer) => {
      probed.push(answer);
      underWay.delete(one);
    });
    underWay.add(one);
  }
  await Promise.all(underWay);
}

async function ask(request: HttpRequest, sentMs: number, { http, clock }: World): Promise<Probed> {
  const answered = new AbortController();
  const tooLate = clock.sleep(LIMIT_MS, answered.signal).then(
    () => `no answer within ${LIMIT_MS / 1000} s`,
    () => undefined,
  );
  const outcome = http.request(request).then(
    // As the edge gate judges: whoever is refused by the service has reached it.
    ({ status }) =>
      status < 200 || status === 404 || status >= 500 ? `answered ${status}` : undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const problem = await Promise.race([outcome, tooLate]);
  answered.abort();
  return { sentMs, answeredMs: clock.monotonicMs(), problem };
}
