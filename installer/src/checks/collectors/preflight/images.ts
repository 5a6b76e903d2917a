import type { ImageFacts, RegistryAnswer, RegistryFacts } from '../../facts-preflight.ts';
import { isInsecure, registryAddress, registryHost } from './registry-address.ts';
import type { PreflightView } from './view.ts';

const DIRECT_MS = 3000;

export async function collectImages(view: PreflightView): Promise<ImageFacts> {
  const { docker, engineProbes } = view.ports;
  const { workloads } = view.catalog;
  await view.fact('engine');
  const wanted = [...new Set(workloads.map(({ image }) => image))];
  const [found, platforms] = await Promise.all([
    docker.images(wanted),
    engineProbes.platforms(wanted),
  ]);
  return {
    wanted,
    ofRelease: [
      ...new Set(workloads.filter(({ slot }) => slot !== undefined).map(({ image }) => image)),
    ],
    local: Object.values(found).map(({ reference, version }) => ({
      reference,
      version,
      platform: platforms[reference] ?? '',
    })),
  };
}

/**
 * Asks for every image that is not here. The engine asks: it has the proxy, the authorities and the mirrors
 * of a real pull. Only why it got nothing is asked directly, because its answer has no code for that.
 */
export async function collectRegistry(view: PreflightView): Promise<RegistryFacts> {
  const { wanted, local } = await view.fact('images');
  if (view.catalog.context.config.images.source === 'debian') return { asked: [] };
  const here = new Set(local.map(({ reference }) => reference));
  const refusals = new Map<string, Promise<boolean>>();
  const refuses = (host: string): Promise<boolean> => {
    const known =
      refusals.get(host) ??
      view
        .fact('engine')
        .then(({ insecureRegistries }) => wantsLogin(host, insecureRegistries, view.ports));
    refusals.set(host, known);
    return known;
  };
  const ask = async (reference: string): Promise<RegistryFacts['asked'][number]> => {
    const host = registryHost(reference);
    const answer = await view.ports.engineProbes.askRegistry(reference);
    const result = async (): Promise<RegistryAnswer> => {
      if ('platforms' in answer) return { answer: 'found', platforms: answer.platforms };
      if (answer.status === 404) return { answer: 'absent' };
      const closed = answer.status === 401 || answer.status === 403 || (await refuses(host));
      return { answer: closed ? 'login' : 'unreachable', reason: answer.reason };
    };
    return { reference, host, result: await result() };
  };
  return { asked: await Promise.all(wanted.filter((one) => !here.has(one)).map(ask)) };
}

/** Whether the registry itself says that it wants to know who asks. */
export async function wantsLogin(
  host: string,
  insecureRegistries: readonly string[],
  { http, machine }: Pick<PreflightView['ports'], 'http' | 'machine'>,
): Promise<boolean> {
  const url = new URL(registryAddress(host, isInsecure(host, insecureRegistries)));
  try {
    const [address] = await machine.resolve(url.hostname);
    if (address === undefined) return false;
    const { status } = await http.request({
      url: url.href,
      connectTo: address,
      timeoutMs: DIRECT_MS,
    });
    return status === 401 || status === 403;
  } catch {
    return false;
  }
}
