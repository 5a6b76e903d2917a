/** Values of one setting group, by a short name. */
export type Axis = { readonly name: string; readonly values: Readonly<Record<string, object>> };
export type Combination = { readonly name: string; readonly settings: object };

const HOST = 'factsway.example.com';
const server = (memory: string, cores: number, profile = 'auto') => ({
  host: { memory, cores, profile, name: HOST },
});

/** Every choice a configuration has that changes what is rendered in more than a number. */
export const AXES: readonly Axis[] = [
  {
    name: 'profile',
    values: {
      '6GiB': server('6GiB', 2),
      '32GiB': server('32GiB', 8),
      small: server('32GiB', 8, 'small'),
      medium: server('32GiB', 8, 'medium'),
      large: server('32GiB', 8, 'large'),
    },
  },
  {
    name: 'tls',
    values: {
      internal: { edge: { tls: { mode: 'internal' } } },
      off: { edge: { tls: { mode: 'off' } } },
      provided: {
        edge: { tls: { mode: 'provided', certificateFile: 'given.crt', keyFile: 'given.key' } },
      },
      acme: { edge: { tls: { mode: 'acme', email: 'admin@example.com' } } },
    },
  },
  {
    name: 'source',
    values: {
      upstream: { images: { source: 'upstream' } },
      debian: { images: { source: 'debian' } },
    },
  },
  {
    name: 'database',
    values: {
      bundled: {},
      external: {
        postgres: {
          mode: 'external',
          external: { host: 'db.example.com', tls: { mode: 'require' } },
        },
      },
    },
  },
  { name: 'addresses', values: { any: {}, subnet: { network: { subnet: '10.77.0.0/24' } } } },
  {
    name: 'proxy',
    values: {
      direct: {},
      proxied: {
        network: {
          proxy: {
            http: 'http://proxy.example.com:3128',
            https: 'http://proxy.example.com:3128',
            noProxy: ['.firm.example'],
          },
        },
      },
    },
  },
  {
    name: 'grafana',
    values: { auto: {}, off: { monitoring: { grafana: 'off' } } },
  },
  {
    name: 'receivers',
    values: {
      nobody: {},
      everybody: {
        monitoring: {
          receivers: {
            pagerduty: { enabled: true },
            slack: { enabled: true },
            teams: { enabled: true },
            webhook: { enabled: true },
            email: {
              enabled: true,
              to: ['it@firm.example'],
              from: 'factsway@firm.example',
              smarthost: 'mail.firm.example:587',
              user: 'factsway',
            },
            deadMansSwitch: { enabled: true },
          },
        },
      },
    },
  },
  {
    name: 'password',
    values: { file: {}, variable: { services: { passwordInEnvironment: true } } },
  },
];

/**
 * Every combination of `others`, each with the next of `turns`; after each round of them one is left out, so that no
 * turn is tied to a value that comes as often.
 */
export function takingTurns(turns: readonly Axis[], others: readonly Axis[]): Combination[] {
  const all = everyCombination(turns);
  return everyCombination(others).map(({ name, settings }, index) => {
    const turn = all[(index + Math.floor(index / all.length)) % all.length]!;
    return { name: `${turn.name} ${name}`, settings: merge(settings, turn.settings) };
  });
}

/** Every combination of every value. */
export function everyCombination(axes: readonly Axis[]): Combination[] {
  return axes.reduce<Combination[]>(
    (all, { values }) =>
      all.flatMap((one) =>
        Object.entries(values).map(([name, settings]) => ({
          name: one.name === '' ? name : `${one.name} ${name}`,
          settings: merge(one.settings, settings),
        })),
      ),
    [{ name: '', settings: {} }],
  );
}

/** Few combinations in which any two values of different axes meet at least once; always the same ones. */
export function everyPair(axes: readonly Axis[]): Combination[] {
  const candidates = everyCombination(axes);
  const pairsOf = ({ name }: Combination): string[] => {
    const words = name.split(' ').map((word, index) => `${index}=${word}`);
    return words.flatMap((one, index) => words.slice(index + 1).map((other) => `${one} ${other}`));
  };
  const open = new Set(candidates.flatMap(pairsOf));
  const chosen: Combination[] = [];
  while (open.size > 0) {
    const gain = (one: Combination): number => pairsOf(one).filter((pair) => open.has(pair)).length;
    const best = candidates.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const pair of pairsOf(best)) open.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

export function merge(left: object, right: object): object {
  const merged: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right) as [string, unknown][]) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
