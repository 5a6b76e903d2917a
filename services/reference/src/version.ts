declare const FACTSWAY_BUILD_VERSION: string | undefined;

/** The release this program was built for; undefined when it runs from source. */
export const BUILD_VERSION =
  typeof FACTSWAY_BUILD_VERSION === 'string' ? FACTSWAY_BUILD_VERSION : undefined;

/** Is something introduced in release `since` part of `version`? Both `major.minor.patch`. */
export function isSince(since: string | undefined, version: string): boolean {
  if (since === undefined) return true;
  const [a, b] = [numbers(since), numbers(version)];
  for (const [index, wanted] of a.entries()) {
    const have = b[index] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

function numbers(release: string): number[] {
  return (release.split(/[-+]/, 1)[0] ?? '').split('.').map(Number);
}
