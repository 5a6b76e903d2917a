import { Document, isMap, Pair, Scalar, YAMLMap, type Node } from 'yaml';
import type { Slot, Workload } from '../../model/workload.ts';
import { sha256 } from '../digest.ts';
import { renameIn, renameValue, type Renames } from './references.ts';
import { entriesOf, expand, readOverride, type Override } from './yaml-nodes.ts';

/** What the override says of services by slot, for the slot that serves. Texts are YAML, empty where there is nothing. */
export type SlotOverride = {
  /** Services the override names and that are not there, by the image they would have: Compose asks for one. */
  readonly absent: readonly { readonly name: string; readonly image: string }[];
  /** Of services by their name in the other slot. */
  readonly slots: string;
  /** Of services by their plain name. */
  readonly plain: string;
  /** sha256 of what is said of a service in either, by its id: part of what its container is made from. */
  readonly digests: Readonly<Record<string, string>>;
};

const NOTHING: SlotOverride = { absent: [], slots: '', plain: '', digests: {} };

/** Keys that Compose resolves: with the name of a service that is not there it refuses all files. */
const RESOLVED = ['depends_on', 'links', 'volumes_from', 'network_mode', 'ipc', 'pid'];

/**
 * The parts of the customer's override that are about services of the other slot, or about services whatever their
 * slot (`records-service`), for those in `slot`. A part under the name of the other slot counts unless there is one for
 * this slot. What cannot be read is left to Compose, which says what is wrong. Pure.
 */
export function slotOverride(
  text: string | undefined,
  slot: Slot,
  workloads: readonly Workload[],
): SlotOverride {
  const override = readOverride(text);
  if (!override) return NOTHING;
  try {
    return derive(override, slot, workloads);
  } catch (error) {
    if (error instanceof RangeError) return NOTHING;
    throw error;
  }
}

function derive(override: Override, slot: Slot, workloads: readonly Workload[]): SlotOverride {
  const other: Slot = slot === 'a' ? 'b' : 'a';
  const ours = workloads.filter((workload) => workload.slot === slot);
  // Where both slots are rendered, either has its own.
  const there = new Set(workloads.map(({ id }) => id));
  const byOther = new Map(
    ours.flatMap((one) => {
      const name = `${one.component}-${other}`;
      return there.has(name) ? [] : [[name, one] as const];
    }),
  );
  const byPlain = new Map(ours.map((one) => [one.component, one]));
  const found = (name: string): Workload | undefined => byOther.get(name) ?? byPlain.get(name);
  const mentioned = new Set<string>();
  const service = (name: string): string => {
    const workload = found(name);
    if (workload) mentioned.add(name);
    return workload?.id ?? name;
  };
  const networks = (name: string): string => (name === `app-${other}` ? `app-${slot}` : name);
  // By its plain name a service is reached in whichever slot the asking one is.
  const inText: Renames = { service, network: networks };

  const parts = entriesOf(sectionOf(override, 'services'));
  const named = new Set(parts.map(([name]) => name));
  const slots: Section = [];
  const plain: Section = [];
  for (const [name, { value }] of parts) {
    const copy = expand(value, override);
    const workload = found(name);
    if (workload) {
      mentioned.add(name);
      keepExtending(copy);
      renameIn(copy, inText);
      const isPlain = byPlain.has(name);
      if (isMap(copy) && (isPlain || !named.has(workload.id)))
        (isPlain ? plain : slots).push([workload.id, copy]);
      continue;
    }
    const corrected = correctionOf(copy, inText, !ours.some(({ id }) => id === name));
    if (corrected) slots.push([name, corrected]);
  }
  const ownNetworks = entriesOf(sectionOf(override, 'networks'));
  const moved = ownNetworks
    .filter(
      ([name]) => networks(name) !== name && !ownNetworks.some(([own]) => own === networks(name)),
    )
    .map(([name, { value }]): Section[number] => [networks(name), expand(value, override)]);
  return {
    absent: [...mentioned].sort().map((name) => ({ name, image: found(name)?.image ?? '' })),
    slots: write({ services: slots, networks: moved }),
    plain: write({ services: plain }),
    digests: Object.fromEntries(
      ours.flatMap(({ id }) => {
        const said = [slots, plain].map((section) =>
          write({ services: section.filter(([name]) => name === id) }),
        );
        return said.join('') === '' ? [] : [[id, sha256(said.join('---\n'))]];
      }),
    ),
  };
}

type Section = [string, Node | null][];

const sectionOf = (override: Override, name: string): unknown => {
  const value = override.top.items.find(({ key }) => String(key) === name)?.value;
  return expand(value, override);
};

/** What a service extends is in the file it was written in. */
function keepExtending(service: Node | null): void {
  for (const [key, pair] of entriesOf(service)) {
    if (key !== 'extends') continue;
    if (!isMap(pair.value)) {
      const base = new YAMLMap();
      base.items.push(new Pair(new Scalar('service'), pair.value));
      pair.value = base;
    }
    const base = pair.value as YAMLMap;
    if (!base.has('file'))
      base.items.push(new Pair(new Scalar('file'), new Scalar('compose.override.yaml')));
  }
}

/** A service that stays where it is, and names services that are not there: only what has to be said anew. */
function correctionOf(service: Node | null, renames: Renames, alsoNetworks: boolean): Node | null {
  const said = new YAMLMap();
  const keys = alsoNetworks ? [...RESOLVED, 'networks'] : RESOLVED;
  const look = (node: unknown): void => {
    for (const [key, pair] of entriesOf(node)) {
      if (key === '<<') look(pair.value);
      if (!keys.includes(key)) continue;
      const value = pair.value as Node | null;
      const before = JSON.stringify(value);
      renameValue(key, value, renames);
      if (!value || JSON.stringify(value) === before || hasTwice(value)) continue;
      if (!(value instanceof Scalar)) value.tag = '!override';
      if (!said.has(key)) said.items.push(new Pair(new Scalar(key), value));
    }
  };
  look(service);
  return said.items.length === 0 ? null : said;
}

/** Attached to both slots: that is right in either. */
function hasTwice(value: Node): boolean {
  const names = entriesOf(value).map(([name]) => name);
  return new Set(names).size < names.length;
}

function write(sections: Readonly<Record<string, Section>>): string {
  const document = new Document<YAMLMap>(undefined, { schema: 'failsafe' });
  const top = new YAMLMap();
  for (const [name, entries] of Object.entries(sections)) {
    if (entries.length === 0) continue;
    const section = new YAMLMap();
    section.items = entries.map(([key, value]) => new Pair(new Scalar(key), value));
    top.items.push(new Pair(new Scalar(name), section));
  }
  if (top.items.length === 0) return '';
  document.contents = top;
  return document.toString({ lineWidth: 0 });
}
