import { records, type Json } from '../../../k8s/json.ts';
import type { Answer } from './answer.ts';

/** Where nothing else is said CloudFront keeps an error so long. */
const ERROR_SECONDS = 10;
/** Of these it heeds an origin that wants nothing kept; of the others it does not. */
const HEEDED = [404, 410, 414, 501];
/** Kept if they have a page of their own or say for how long. */
const IF_SAID = [400, 403, 405, 412, 415];
const ALWAYS = [404, 410, 414, 500, 501, 502, 503, 504];

const controlOf = ({ headers }: Answer): string => headers['cache-control'] ?? '';
const isForbidden = (answer: Answer): boolean =>
  /no-cache|no-store|private/.test(controlOf(answer));

function secondsSaid(answer: Answer): number | undefined {
  const [, seconds] = /(?:s-maxage|max-age)=(\d+)/.exec(controlOf(answer)) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Of an error: "Control how long CloudFront caches errors" and "How CloudFront processes HTTP 4xx and 5xx status codes". */
function secondsOfError(answer: Answer, pages: readonly Json[], most: number): number {
  const { status } = answer;
  const said = secondsSaid(answer);
  const own = pages.find(({ ErrorCode }) => ErrorCode === status);
  const isPaged = own?.['ResponsePagePath'] !== undefined;
  const isKept = ALWAYS.includes(status) || (IF_SAID.includes(status) && (isPaged || said));
  if (!isKept || (HEEDED.includes(status) && isForbidden(answer))) return 0;
  const least = Number(own?.['ErrorCachingMinTTL'] ?? ERROR_SECONDS);
  return Math.max(least, Math.min(said ?? 0, most));
}

/**
 * Seconds an answer is kept: what the origin says, within the bounds of the cache policy (CloudFront, "Expiration"); of an
 * error, what the distribution says of its status.
 */
export function secondsToKeep(answer: Answer, policy: Json, distribution: Json): number {
  const most = Number(policy['MaxTTL']);
  if (answer.status >= 400)
    return secondsOfError(answer, records(distribution['CustomErrorResponses']), most);
  if (answer.status !== 200) return 0;
  const wanted = isForbidden(answer) ? 0 : (secondsSaid(answer) ?? Number(policy['DefaultTTL']));
  return Math.min(Math.max(wanted, Number(policy['MinTTL'])), most);
}
