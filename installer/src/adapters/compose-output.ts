import type { ComposedService } from '../model/observed.ts';

type Resolved = {
  readonly image?: string;
  readonly mem_limit?: string | number;
  readonly memswap_limit?: string | number;
  readonly scale?: number;
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: { readonly memory?: string | number } };
  };
};

/** From `docker compose config --hash '*'` and `docker compose config --format json`. */
export function readServices(hashes: string, config: string): Record<string, ComposedService> {
  const { services } = JSON.parse(config) as { services: Record<string, Resolved> };
  return Object.fromEntries(
    hashes
      .trim()
      .split('\n')
      .flatMap((line): [string, ComposedService][] => {
        const [name = '', hash] = line.split(' ');
        if (hash === undefined) return [];
        const service = services[name] ?? {};
        const memory = Number(service.mem_limit ?? service.deploy?.resources?.limits?.memory ?? 0);
        const memoryAndSwap = Number(service.memswap_limit ?? 0);
        const idle = (service.scale ?? service.deploy?.replicas) === 0;
        return [
          [
            name,
            {
              hash,
              ...(service.image === undefined ? {} : { image: service.image }),
              ...(memory > 0 ? { memory } : {}),
              ...(memoryAndSwap > 0 ? { memoryAndSwap } : {}),
              ...(idle ? { idle } : {}),
            },
          ],
        ];
      }),
  );
}

/** ` Container factsway-edge-1  Running`: what Compose did or was about to do, one line each. */
const EVENT = /^\s*(Container|Network|Volume|Image) \S+ +\w+$/;
const MOST_LINES = 12;

/** Why it failed, then what it was at; all that went well is left out. */
export function reasonFirst(stderr: string): string[] {
  const lines = stderr.trim().split('\n');
  const reasons = lines.filter((line) => !EVENT.test(line));
  const failed = lines.filter((line) => EVENT.test(line) && line.endsWith(' Error'));
  const last = reasons.length === 0 ? lines.slice(-3) : [];
  return [...reasons.slice(-MOST_LINES), ...failed, ...last].slice(0, MOST_LINES);
}
