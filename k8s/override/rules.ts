import {
  imageReferenceProblem,
  IMAGE_REFERENCE,
} from '../../installer/src/model/image-reference.ts';
import { MiB } from '../../installer/src/model/units.ts';
import type { Health, Workload } from '../../installer/src/model/workload.ts';
import { at, record } from '../json.ts';
import { isInClear, secretAmongWords } from './in-clear.ts';
import { isMapping, type Part } from './read-override.ts';
import { bytes, isTexts, seconds, Unclear, variables } from './values.ts';

export type Change = (workload: Workload) => Workload;
/** A change of a part of what was said: what of it was taken, and why not the rest, by its name. */
export type Partly = {
  readonly change: Change;
  readonly taken: Readonly<Record<string, string>>;
  readonly lost: Readonly<Record<string, string>>;
};
/** What becomes of a key: a change, or the reason why there is none. */
export type Verdict = Change | Partly | string;

/** What a key stands in. */
export type Around = {
  readonly workload: Workload;
  /** The whole of what the override says of that service. */
  readonly service: unknown;
  /** The release of the platform. */
  readonly version: string;
};
type Rule = (part: Part, around: Around) => Verdict;

const BECAUSE = 'compose.override.yaml';
/** Docker takes no less for a container. */
const LEAST_MEMORY = 6 * MiB;
/** A share below that is rounded away when pods ask for room. */
const LEAST_CORES = 0.01;
const MOST_CORES = 1024;
const MOST_RETRIES = 1000;
const LONGEST_GRACE = 24 * 3600;
/** Name of a variable, as the API of Kubernetes takes it. */
const VARIABLE = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

const inClear = (what: string): string =>
  `${what} looks like a secret, which would stand in the manifests in clear: make it a Secret, mounted by an overlay of your own`;
const isOnce = ({ kind }: Workload): boolean => kind === 'one-shot';

/** What becomes of a key of a service. */
export function judge(key: string, part: Part, around: Around): Verdict {
  if (JSON.stringify(part.value ?? null).includes('$'))
    return 'it holds a variable, which only Compose knows';
  const rule = Object.hasOwn(RULES, key) ? RULES[key] : undefined;
  return rule
    ? rule(part, around)
    : 'Kubernetes has it elsewhere: put it into an overlay of your own';
}

const RULES: Readonly<Record<string, Rule>> = {
  image: ({ value }, around) => image(value, around),
  environment: (part) => {
    const added = variables(part);
    if (added instanceof Unclear) return added.because;
    const lost = Object.entries(added).flatMap(([name, value]) => {
      if (!VARIABLE.test(name)) return [[name, 'no cluster takes a name like that'] as const];
      return isInClear(name, value) ? [[name, inClear(name)] as const] : [];
    });
    const names = new Set(lost.map(([name]) => name));
    const taken = Object.fromEntries(Object.entries(added).filter(([name]) => !names.has(name)));
    return {
      change: (workload) => ({
        ...workload,
        environment: { ...workload.environment, ...taken },
      }),
      taken,
      lost: Object.fromEntries(lost),
    };
  },
  command: ({ value }, around) =>
    words('command', value, around, (command) => (workload) => ({ ...workload, command })),
  entrypoint: ({ value }, around) =>
    words('entrypoint', value, around, (entrypoint) => (workload) => ({ ...workload, entrypoint })),
  mem_limit: ({ value }) => memory(value),
  memswap_limit: ({ value }, { service, workload }) => {
    const limit = bytes(record(service)['mem_limit'] ?? workload.memory.value);
    return bytes(value) === limit
      ? (same) => same
      : 'there is no swap in a cluster, and this is not its limit of memory';
  },
  mem_reservation: () => 'what is asked for is the limit here',
  cpus: ({ value }) => cores(value),
  pids_limit: () => 'a limit of processes is a setting of the nodes',
  shm_size: ({ value }) => {
    const shmBytes = bytes(value);
    if (shmBytes === undefined || shmBytes < MiB) return 'it is no size of at least 1 MiB';
    return (workload) => ({ ...workload, shmBytes });
  },
  stop_grace_period: ({ value }) => {
    const stopGraceSeconds = seconds(value);
    return stopGraceSeconds === undefined || stopGraceSeconds > LONGEST_GRACE
      ? 'it is no duration of a day at most'
      : (workload) => ({ ...workload, stopGraceSeconds });
  },
  healthcheck: ({ value }, { workload }) => health(value, workload),
  deploy: ({ value }) => limits(value),
  // A pod is made again whenever it ends.
  restart: ({ value }, { workload }) => {
    if (isOnce(workload)) return 'a Job makes another pod by its own rules';
    return ['always', 'unless-stopped'].includes(String(value))
      ? (same) => same
      : 'a pod is always made again';
  },
  ports: () => 'what a cluster opens is its Ingress; for one connection: kubectl port-forward',
  networks: () => 'who reaches whom is in the NetworkPolicies',
  volumes: () => 'a directory of this host is not there',
  logging: () => 'logs are the business of the nodes',
  depends_on: () => 'pods wait by themselves',
  profiles: () => 'every workload is exported',
};

/** One version for all that is of a release: what a cluster runs has no other way to be told. */
function image(value: unknown, { workload, version }: Around): Verdict {
  if (typeof value !== 'string') return 'it is no text';
  const problem = imageReferenceProblem(value);
  if (problem) return `it ${problem.message}`;
  const tag = IMAGE_REFERENCE.exec(value)?.groups?.['tag'];
  if (workload.group === 'app' && tag !== version)
    return tag === undefined
      ? `it does not say that it is release ${version}: name it as NAME:${version}@sha256:…`
      : `it is ${tag}, and all services are of release ${version}`;
  return (same) => ({ ...same, image: value });
}

function words(
  what: string,
  value: unknown,
  { workload }: Around,
  change: (value: readonly string[]) => Change,
): Verdict {
  if (isOnce(workload)) return 'services ask the same program whether they may start';
  if (!isTexts(value))
    return `the ${what} has to be a list, so that nobody guesses where a word ends`;
  if (value.length === 0) return 'an empty list is that of the image in a cluster';
  const secret = secretAmongWords(value);
  return secret === undefined ? change(value) : inClear(secret);
}

function memory(value: unknown): Verdict {
  const size = bytes(value);
  if (size === undefined) return 'it is no size';
  if (size < LEAST_MEMORY) return 'less than 6 MiB is no limit a container can live with';
  if (size % MiB !== 0) return 'it is no whole number of MiB';
  return (workload) => ({ ...workload, memory: { value: size, because: BECAUSE } });
}

function cores(value: unknown): Verdict {
  const count = ['number', 'string'].includes(typeof value) ? Number(value) : Number.NaN;
  const isWhole = Number.isInteger(Number((count * 1000).toFixed(6)));
  if (!(count >= LEAST_CORES && count <= MOST_CORES && isWhole)) return 'it is no number of cores';
  return (workload) => ({ ...workload, cpus: { value: count, because: BECAUSE } });
}

function limits(value: unknown): Verdict {
  const found = record(at(value, 'resources.limits'));
  const keys = Object.keys(found);
  const isPlain =
    keys.length > 0 &&
    keys.every((key) => key === 'memory' || key === 'cpus') &&
    JSON.stringify(value) === JSON.stringify({ resources: { limits: found } });
  if (!isPlain) return 'of deploy only resources.limits.memory and cpus are carried over';
  const verdicts = keys.map((key) => (key === 'memory' ? memory(found[key]) : cores(found[key])));
  const refused = verdicts.find((one) => typeof one === 'string');
  if (refused !== undefined) return refused;
  return (workload) =>
    verdicts.reduce<Workload>(
      (result, one) => (typeof one === 'function' ? one(result) : result),
      workload,
    );
}

const DURATIONS = {
  interval: 'intervalSeconds',
  timeout: 'timeoutSeconds',
  start_period: 'startPeriodSeconds',
} as const satisfies Record<string, keyof Health>;

function health(value: unknown, { health: own }: Workload): Verdict {
  if (!own) return 'nobody asks how it is: it ends by itself';
  if (!isMapping(value)) return 'it is no mapping';
  const changes: Partial<{ -readonly [K in keyof Health]: Health[K] }> = {};
  for (const [key, one] of Object.entries(record(value))) {
    if (Object.hasOwn(DURATIONS, key)) {
      const duration = seconds(one);
      if (duration === undefined) return `${key} is no duration`;
      changes[DURATIONS[key as keyof typeof DURATIONS]] = duration;
    } else if (key === 'retries') {
      const retries = Number(one);
      if (!Number.isInteger(one) || retries < 1 || retries > MOST_RETRIES)
        return 'retries is no number of at least 1';
      changes.retries = retries;
    } else if (key === 'test') {
      const argv = probe(one);
      if (!argv) return 'test has to be a list that begins with CMD or CMD-SHELL, or a text';
      const secret = secretAmongWords(argv);
      if (secret !== undefined) return inClear(secret);
      changes.argv = argv;
      // Of Kubernetes every probe has its own pace.
    } else if (key !== 'start_interval') return `${key} has no counterpart`;
  }
  return (workload) => ({ ...workload, health: { ...own, ...workload.health, ...changes } });
}

/** CMD-SHELL, and a text, are for a shell. */
function probe(test: unknown): readonly string[] | undefined {
  if (typeof test === 'string') return test === '' ? undefined : ['/bin/sh', '-c', test];
  if (!isTexts(test)) return undefined;
  const [how, ...rest] = test;
  if (how === 'CMD') return rest.length > 0 ? rest : undefined;
  return how === 'CMD-SHELL' && rest.length === 1 ? ['/bin/sh', '-c', ...rest] : undefined;
}
