/** `healthcheck.start_interval` came with Engine 25; Compose passes it on since 2.20. */
export const MINIMUM_ENGINE = '25.0';
export const MINIMUM_COMPOSE = '2.20';

/** Compares major and minor of two versions; what cannot be read counts as older. */
export function isOlder(found: string, wanted: string): boolean {
  const numbers = (version: string): [number, number] => {
    const match = /(\d+)\.(\d+)/.exec(version);
    return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  };
  const [major, minor] = numbers(found);
  const [wantedMajor, wantedMinor] = numbers(wanted);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
