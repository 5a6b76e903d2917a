import type { Ports } from '../../ports/ports.ts';
import type { RegistryAnswer } from '../facts-preflight.ts';
import { wantsLogin } from './preflight/images.ts';
import { registryHost } from './preflight/registry-address.ts';

/** Why a registry gave nothing. */
export type RegistryRefusal = Exclude<RegistryAnswer, { readonly answer: 'found' }>;
export type DigestAnswer = { readonly answer: 'found'; readonly digest: string } | RegistryRefusal;

/**
 * What the registry of an image says of it now. The engine asks, as for a pull; only why it got nothing is asked
 * directly, because its answer has no code for that.
 */
export async function collectDigest(
  reference: string,
  { engineProbes, http, machine }: Pick<Ports, 'engineProbes' | 'http' | 'machine'>,
): Promise<DigestAnswer> {
  const answer = await engineProbes.askRegistry(reference);
  if ('platforms' in answer)
    return answer.digest === undefined
      ? { answer: 'unreachable', reason: 'it answered without a digest' }
      : { answer: 'found', digest: answer.digest };
  const { status, reason } = answer;
  if (status === 404) return { answer: 'absent' };
  const { insecureRegistries } = await engineProbes.details();
  const closed =
    status === 401 ||
    status === 403 ||
    (await wantsLogin(registryHost(reference), insecureRegistries, { http, machine }));
  return { answer: closed ? 'login' : 'unreachable', reason };
}
