/** `1.2.0`, `1.2.0-rc.1`; build metadata after a + is allowed and says nothing about the order (semver.org 2.0.0). */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

export const isVersion = (text: string): boolean => VERSION.test(text);

/**
 * Below zero where `left` comes before `right`, zero where neither does: Semantic Versioning 2.0.0, rule 11. A
 * candidate (1.1.0-rc.1) comes before its release. Throws RangeError for what is no version: callers have asked.
 */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)];
  for (const index of [0, 1, 2] as const) {
    const order = compareNumbers(a.core[index], b.core[index]);
    if (order !== 0) return order;
  }
  return compareCandidates(a.candidate, b.candidate);
}

type Version = {
  readonly core: readonly [string, string, string];
  /** Identifiers after the hyphen; empty for a release. */
  readonly candidate: readonly string[];
};

function parse(text: string): Version {
  const found = VERSION.exec(text);
  if (!found) throw new RangeError(`"${text}" is not a version`);
  const [, major = '', minor = '', patch = '', candidate] = found;
  return { core: [major, minor, patch], candidate: candidate?.split('.') ?? [] };
}

function compareCandidates(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [a, b] = [left[index], right[index]];
    // Of two that begin alike the longer one is later.
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const order = compareIdentifiers(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers by their value, and before words; words by their characters. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOther) return compareNumbers(a, b);
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of any length: more digits than a number holds must not become equal. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}
