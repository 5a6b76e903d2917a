import { callEnded, noteCrossed, outgoingHeaders } from '../../shared-utils/src/request-context.ts';
import { Problem } from './problem.ts';

/** Another service must answer within this time; the caller's client is waiting. */
const TIMEOUT_MS = 3000;

/**
 * GETs a JSON object from another service, passing the request context on.
 *
 * @returns undefined when the other service answers 404
 * @throws Problem 502 naming the service when it is away or answers anything else
 */
export async function getFromPeer(
  peer: string,
  base: string,
  path: string,
): Promise<Record<string, unknown> | undefined> {
  const headers = outgoingHeaders();
  const call = { peer, method: 'GET' };
  try {
    const response = await fetch(`${base}${path}`, {
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    noteCrossed(peer, response.headers);
    callEnded(headers, { ...call, status: response.status });
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) throw new Error(`${peer} answered ${response.status}`);
    const answer: unknown = await response.json();
    if (!isObject(answer)) throw new Error(`${peer} answered something else than an object`);
    return answer;
  } catch (error) {
    callEnded(headers, call);
    throw new Problem(
      502,
      'dependency_unavailable',
      `${peer}-service is not reachable; nothing was changed. Try again.`,
      [],
      error,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
