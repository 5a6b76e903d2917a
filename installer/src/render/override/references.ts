import { isMap, isScalar, isSeq } from 'yaml';
import { entriesOf, textOf } from './yaml-nodes.ts';

type Rename = (name: string) => string;

/** What another name stands for; the name itself where it stands for nothing else. */
export type Renames = { readonly service: Rename; readonly network: Rename };

/**
 * Renames, in place, what a Compose service says of other services and of networks (Compose specification, services):
 * keys and lists that hold names, and the hosts of addresses in its environment. No other text is touched.
 */
export function renameIn(service: unknown, renames: Renames): void {
  for (const [key, { value }] of entriesOf(service)) renameValue(key, value, renames);
}

/** The same for the value of one of its keys. */
export function renameValue(key: string, value: unknown, renames: Renames): void {
  const { service, network } = renames;
  switch (key) {
    case 'depends_on':
      renameNames(value, service);
      return;
    case 'links':
    case 'volumes_from':
      renameItems(value, (item) => firstPart(item, service));
      return;
    case 'network_mode':
    case 'ipc':
    case 'pid':
      renameScalar(value, (text) => afterKind(text, service));
      return;
    case 'networks':
      renameNames(value, network);
      for (const [, attached] of entriesOf(value))
        for (const [inside, { value: aliases }] of entriesOf(attached.value))
          if (inside === 'aliases') renameItems(aliases, service);
      return;
    case 'environment':
      renameItems(value, (text) => inAddresses(text, service));
      for (const [, variable] of entriesOf(value))
        renameScalar(variable.value, (text) => inAddresses(text, service));
      return;
    case '<<':
      for (const merged of isSeq(value) ? value.items : [value]) renameIn(merged, renames);
  }
}

/** `records-service-a:records:ro`: the name comes first. */
function firstPart(item: string, rename: Rename): string {
  const [name = '', ...rest] = item.split(':');
  return [rename(name), ...rest].join(':');
}

/** `service:records-service-a`; `host` and `container:…` name no service. */
function afterKind(text: string, rename: Rename): string {
  const [kind, name] = text.split(':');
  return kind === 'service' && name !== undefined ? `service:${rename(name)}` : text;
}

/** A service as the host of an address; what merely looks like its name may be anything. */
function inAddresses(text: string, rename: Rename): string {
  return text.replace(
    /(\/\/(?:[^/@\s]*@)?)([\w.-]+)(?=[:/?#\s]|$)/g,
    (_, before: string, host: string) => `${before}${rename(host)}`,
  );
}

/** The keys of a mapping or the items of a list: both forms that Compose has for a set of names. */
function renameNames(node: unknown, rename: Rename): void {
  if (isMap(node)) for (const { key } of node.items) renameScalar(key, rename);
  else renameItems(node, rename);
}

function renameItems(node: unknown, rename: Rename): void {
  if (isSeq(node)) for (const item of node.items) renameScalar(item, rename);
}

function renameScalar(node: unknown, rename: Rename): void {
  const text = textOf(node);
  if (text !== undefined && isScalar(node)) node.value = rename(text);
}
