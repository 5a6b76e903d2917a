import { dump } from 'js-yaml';
import { platformNames } from '../../installer/src/catalog/catalog.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import {
  isEndless,
  isExtension,
  isMapping,
  partAt,
  partsOf,
  readOverride,
  type Part,
} from './read-override.ts';
import { judge, type Change } from './rules.ts';

/** A part of the customer's override that has no place in Kubernetes, by its path in the file. */
export type Loss = { readonly what: string; readonly because: string };

export type CarryOver = {
  /** A workload as the override has it. */
  readonly change: (workload: Workload) => Workload;
  /** Paths in the file that are in what is exported. */
  readonly carried: readonly string[];
  readonly lost: readonly Loss[];
  /** An override (YAML) that says what was carried over and nothing else. */
  readonly rest: string;
};

const NOTHING: CarryOver = {
  change: (workload) => workload,
  carried: [],
  lost: [],
  rest: 'services: {}\n',
};
/** Of the whole file: Compose does not read them, or not any more. */
const UNREAD: readonly string[] = ['version'];

/**
 * What the customer's compose.override.yaml changes, for the same workloads in Kubernetes. Whatever is not carried over
 * is named, with the reason; nothing is dropped in silence (spec 06). `version` is that of the release. Pure.
 */
export function carryOver(
  text: string | undefined,
  workloads: readonly Workload[],
  version: string,
): CarryOver {
  if (text === undefined) return NOTHING;
  const file = readOverride(text);
  const wholly = (because: string): CarryOver => ({
    ...NOTHING,
    lost: [{ what: 'the whole file', because }],
  });
  if (!file) return wholly('it is more than plain YAML');
  if (!isMapping(file.value)) return wholly('it is no mapping');
  const services = partAt(file, 'services');
  const read = new Reading(workloads, version);
  for (const [key, { value }] of partsOf(file)) {
    if (key === 'services' || isExtension(key) || UNREAD.includes(key) || isEmpty(value)) continue;
    read.lose(key, 'only services are carried over');
  }
  if (!isMapping(services.value)) read.lose('services', 'it is no mapping');
  for (const [name, service] of partsOf(services)) read.service(name, service);
  return read.result();
}

class Reading {
  readonly #workloads: readonly Workload[];
  readonly #version: string;
  readonly #carried: string[] = [];
  readonly #lost: Loss[] = [];
  readonly #changes = new Map<string, Change[]>();
  /** What was carried over, by workload and key: the other slot is the same service. */
  readonly #taken = new Map<string, string>();
  readonly #rest: Record<string, Record<string, unknown>> = {};

  constructor(workloads: readonly Workload[], version: string) {
    this.#workloads = workloads;
    this.#version = version;
  }

  lose(what: string, because: string): void {
    this.#lost.push({ what, because });
  }

  service(name: string, service: Part): void {
    const what = `services.${name}`;
    const workload = this.#workloads.find(({ id, component }) =>
      [id, component].includes(unslotted(name, id)),
    );
    if (!workload) {
      const isOurs = platformNames().includes(name);
      this.lose(what, isOurs ? 'it does not run in a cluster' : 'it is a service of your own');
    } else if (!isMapping(service.value)) this.lose(what, 'it is no mapping');
    else if (isEndless(service.value)) this.lose(what, 'an anchor in it leads back to it');
    else
      for (const [key, part] of partsOf(service))
        if (!isExtension(key) && !isNothing(key, part))
          this.#key(`${what}.${key}`, { name, key, part }, workload, service);
  }

  #key(
    what: string,
    { name, key, part }: { readonly name: string; readonly key: string; readonly part: Part },
    workload: Workload,
    { value: service }: Part,
  ): void {
    const verdict = judge(key, part, { workload, service, version: this.#version });
    if (typeof verdict === 'string') {
      this.lose(what, verdict);
      return;
    }
    const place = `${workload.id}.${key}`;
    const text = JSON.stringify(part.value);
    if (this.#taken.has(place) && this.#taken.get(place) !== text) {
      this.lose(what, 'the other slot of this service says something else');
      return;
    }
    this.#taken.set(place, text);
    const isPart = typeof verdict === 'object';
    for (const [inner, because] of isPart ? Object.entries(verdict.lost) : [])
      this.lose(`${what}.${inner}`, because);
    if (isPart && Object.keys(verdict.taken).length === 0) return;
    this.#carried.push(what);
    const change = isPart ? verdict.change : verdict;
    this.#changes.set(workload.id, [...(this.#changes.get(workload.id) ?? []), change]);
    const said = isPart ? verdict.taken : part.value;
    this.#rest[name] = { ...this.#rest[name], [key]: said };
  }

  result(): CarryOver {
    return {
      change: (workload) =>
        (this.#changes.get(workload.id) ?? []).reduce((result, change) => change(result), workload),
      carried: this.#carried,
      lost: this.#lost,
      rest: dump({ services: this.#rest }, { noRefs: true }),
    };
  }
}

/** Whether there is nothing to it; an empty command is something. */
const isNothing = (key: string, { value }: Part): boolean =>
  isEmpty(value) && !(Array.isArray(value) && ['command', 'entrypoint'].includes(key));

/** The same service in the other slot is the same service. */
const unslotted = (name: string, id: string): string =>
  name.replace(/-[ab]$/, '') === id.replace(/-[ab]$/, '') ? id : name;

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && Object.keys(value).length === 0);
