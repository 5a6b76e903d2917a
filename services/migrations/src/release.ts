/** Compares `major.minor.patch` numerically; a suffix (`-rc.1`) counts as its release. */
export function compareReleases(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Is this text a release, such as 1.1.0? */
export function isRelease(text: string): boolean {
  return /^\d+\.\d+\.\d+(?:[-+].+)?$/.test(text);
}

function parts(release: string): number[] {
  return (release.split(/[-+]/, 1)[0] ?? '').split('.').map(Number);
}
