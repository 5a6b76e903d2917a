import { load } from 'js-yaml';
import { platformNames } from '../installer/src/catalog/catalog.ts';
import { credentialIn, looksSecret } from '../installer/src/catalog/secret-looks.ts';
import { parseSize } from '../installer/src/model/units.ts';
import type { Health, Workload } from '../installer/src/model/workload.ts';
import { at, record } from './json.ts';

/** A part of the customer's override that has no place in Kubernetes, by its path in the file. */
export type Loss = { readonly what: string; readonly because: string };

export type CarryOver = {
  /** A workload as the override has it. */
  readonly change: (workload: Workload) => Workload;
  /** Paths in the file that are in what is exported. */
  readonly carried: readonly string[];
  readonly lost: readonly Loss[];
};

type Change = (workload: Workload) => Workload;
/** What becomes of a key: a change, or the reason why there is none. */
type Verdict = Change | string;
type Rule = (value: unknown) => Verdict;

const NOTHING: CarryOver = { change: (workload) => workload, carried: [], lost: [] };

/**
 * What the customer's compose.override.yaml changes, for the same workloads in Kubernetes. Whatever is not carried over
 * is named, with the reason; nothing is dropped in silence (spec 06). Pure.
 */
export function carryOver(text: string | undefined, workloads: readonly Workload[]): CarryOver {
  if (text === undefined) return NOTHING;
  let file: unknown;
  try {
    file = load(text);
  } catch {
    // Compose has tags of its own (!reset, !override), which only Compose can apply.
    return {
      ...NOTHING,
      lost: [{ what: 'the whole file', because: 'it is more than plain YAML' }],
    };
  }
  const carried: string[] = [];
  const lost: Loss[] = [];
  const changes = new Map<string, Change[]>();
  for (const [key, value] of entries(file)) {
    if (key === 'services') continue;
    if (entries(value).length > 0 || !isEmpty(value))
      lost.push({ what: key, because: 'only services are carried over' });
  }
  for (const [name, service] of entries(at(file, 'services'))) {
    const workload = workloads.find(({ id, component }) =>
      [id, component].includes(unslotted(name, id)),
    );
    if (!workload) {
      const isOurs = platformNames().includes(name);
      lost.push({
        what: `services.${name}`,
        because: isOurs ? 'it does not run in a cluster' : 'it is a service of your own',
      });
      continue;
    }
    for (const [key, value] of entries(service)) {
      const what = `services.${name}.${key}`;
      const verdict = judge(key, value);
      if (typeof verdict === 'string') lost.push({ what, because: verdict });
      else {
        carried.push(what);
        changes.set(workload.id, [...(changes.get(workload.id) ?? []), verdict]);
      }
    }
  }
  return {
    change: (workload) =>
      (changes.get(workload.id) ?? []).reduce((result, change) => change(result), workload),
    carried,
    lost,
  };
}

/** The same service in the other slot is the same service. */
const unslotted = (name: string, id: string): string =>
  name.replace(/-[ab]$/, '') === id.replace(/-[ab]$/, '') ? id : name;

function judge(key: string, value: unknown): Verdict {
  if (JSON.stringify(value).includes('$')) return 'it holds a variable, which only Compose knows';
  const rule = Object.hasOwn(RULES, key) ? RULES[key] : undefined;
  return rule ? rule(value) : 'Kubernetes has it elsewhere: put it into an overlay of your own';
}

const RULES: Readonly<Record<string, Rule>> = {
  image: (value) =>
    typeof value === 'string' ? (workload) => ({ ...workload, image: value }) : 'it is no text',
  environment: (value) => {
    const added = variables(value);
    if (added === undefined)
      return 'a variable without a value is taken from the shell of this host';
    const secret = Object.entries(added).find(
      ([name, text]) => looksSecret(name, text) || credentialIn(text) !== undefined,
    );
    if (secret)
      return `${secret[0]} looks like a secret, which would stand in the manifests in clear: make it a Secret, mounted by an overlay of your own`;
    return (workload) => ({ ...workload, environment: { ...workload.environment, ...added } });
  },
  command: (value) =>
    isTexts(value)
      ? (workload) => ({ ...workload, command: value })
      : 'a command has to be a list, so that nobody guesses where a word ends',
  entrypoint: (value) =>
    isTexts(value)
      ? (workload) => ({ ...workload, entrypoint: value })
      : 'an entrypoint has to be a list, so that nobody guesses where a word ends',
  mem_limit: (value) => memory(value),
  // Equal to the limit of memory it says that there is no swap, which is so in Kubernetes.
  memswap_limit: () => (workload) => workload,
  mem_reservation: () => 'what is asked for is the limit here',
  cpus: (value) => cores(value),
  pids_limit: () => 'a limit of processes is a setting of the nodes',
  shm_size: (value) => {
    const shmBytes = bytes(value);
    return shmBytes === undefined ? 'it is no size' : (workload) => ({ ...workload, shmBytes });
  },
  stop_grace_period: (value) => {
    const stopGraceSeconds = seconds(value);
    return stopGraceSeconds === undefined
      ? 'it is no duration'
      : (workload) => ({ ...workload, stopGraceSeconds });
  },
  healthcheck: (value) => health(value),
  deploy: (value) => limits(value),
  // A pod is made again whenever it ends.
  restart: (value) =>
    ['always', 'unless-stopped'].includes(String(value))
      ? (workload) => workload
      : 'a pod is always made again',
  ports: () => 'what a cluster opens is its Ingress; for one connection: kubectl port-forward',
  networks: () => 'who reaches whom is in the NetworkPolicies',
  volumes: () => 'a directory of this host is not there',
  logging: () => 'logs are the business of the nodes',
  depends_on: () => 'pods wait by themselves',
  profiles: () => 'every workload is exported',
};

function memory(value: unknown): Verdict {
  const size = bytes(value);
  return size === undefined
    ? 'it is no size'
    : (workload) => ({ ...workload, memory: { value: size, because: 'compose.override.yaml' } });
}

function cores(value: unknown): Verdict {
  const count = Number(value);
  return count > 0
    ? (workload) => ({ ...workload, cpus: { value: count, because: 'compose.override.yaml' } })
    : 'it is no number';
}

function limits(value: unknown): Verdict {
  const parts = entries(value);
  const ofResources = entries(at(value, 'resources'));
  const ofLimits = entries(at(value, 'resources.limits'));
  const isPlain =
    parts.length === 1 &&
    ofResources.length === 1 &&
    ofLimits.length > 0 &&
    ofLimits.every(([key]) => key === 'memory' || key === 'cpus');
  if (!isPlain) return 'of deploy only resources.limits.memory and cpus are carried over';
  const verdicts = ofLimits.map(([key, one]) => (key === 'memory' ? memory(one) : cores(one)));
  const refused = verdicts.find((one) => typeof one === 'string');
  return (
    refused ??
    ((workload) =>
      verdicts.reduce<Workload>(
        (result, one) => (typeof one === 'string' ? result : one(result)),
        workload,
      ))
  );
}

const DURATIONS = {
  interval: 'intervalSeconds',
  timeout: 'timeoutSeconds',
  start_period: 'startPeriodSeconds',
} as const satisfies Record<string, keyof Health>;

function health(value: unknown): Verdict {
  const changes: Partial<{ -readonly [K in keyof Health]: Health[K] }> = {};
  for (const [key, one] of entries(value)) {
    if (key in DURATIONS) {
      const duration = seconds(one);
      if (duration === undefined) return `${key} is no duration`;
      changes[DURATIONS[key as keyof typeof DURATIONS]] = duration;
    } else if (key === 'retries' && Number.isInteger(one)) changes.retries = Number(one);
    else if (key === 'test') {
      const argv = probe(one);
      if (!argv) return 'test has to be a list that begins with CMD or CMD-SHELL, or a text';
      changes.argv = argv;
      // Of Kubernetes every probe has its own pace.
    } else if (key !== 'start_interval') return `${key} has no counterpart`;
  }
  return (workload) =>
    workload.health ? { ...workload, health: { ...workload.health, ...changes } } : workload;
}

/** CMD-SHELL, and a text, are for a shell. */
function probe(test: unknown): readonly string[] | undefined {
  if (typeof test === 'string') return ['/bin/sh', '-c', test];
  if (!isTexts(test)) return undefined;
  const [how, ...rest] = test;
  if (how === 'CMD') return rest.length > 0 ? rest : undefined;
  return how === 'CMD-SHELL' && rest.length === 1 ? ['/bin/sh', '-c', ...rest] : undefined;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && Object.keys(value).length === 0);
const entries = (value: unknown): [string, unknown][] => Object.entries(record(value));

/** A scalar as Compose writes it. */
const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** A mapping, or a list of NAME=value; undefined where one has no value of its own. */
function variables(value: unknown): Record<string, string> | undefined {
  if (!Array.isArray(value)) {
    const pairs = entries(value);
    return pairs.some(([, one]) => one === null)
      ? undefined
      : Object.fromEntries(pairs.map(([name, one]) => [name, written(one)]));
  }
  const lines = value.map(String);
  if (!lines.every((line) => line.includes('='))) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...rest] = line.split('=');
      return [name, rest.join('=')];
    }),
  );
}

/** `512m`, `1g`, `1.5gb` or a number of bytes. */
function bytes(value: unknown): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i.exec(String(value)) ?? [];
  if (amount === undefined) return parseSize(String(value));
  const power = 'bkmg'.indexOf((unit ?? 'b').toLowerCase());
  return Math.round(Number(amount) * 1024 ** power);
}

/** `90s`, `1m30s`, `2h`. */
function seconds(value: unknown): number | undefined {
  const [, h, m, s] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(value)) ?? [];
  const total = Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
  return total > 0 ? total : undefined;
}
