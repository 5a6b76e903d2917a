import { FAILSAFE_SCHEMA, load, Type } from 'js-yaml';
import { record, type Json } from '../json.ts';

const MERGE = new Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (key: unknown) => key === '<<',
});
/** Scalars as they are written: what a number or a date was meant to be, only Compose decides. */
const AS_WRITTEN = FAILSAFE_SCHEMA.extend({ implicit: [MERGE] });

/** A part of the file twice: with its types, and with each scalar as it is written. */
export type Part = { readonly value: unknown; readonly text: unknown };

/** The whole file; undefined where it is more than plain YAML: Compose has tags of its own (!reset, !override). */
export function readOverride(text: string): Part | undefined {
  try {
    return { value: load(text), text: load(text, { schema: AS_WRITTEN }) };
  } catch {
    return undefined;
  }
}

/** Whether keys can be asked for: a mapping, or nothing at all. */
export const isMapping = (value: unknown): value is Json | null | undefined =>
  value === null || value === undefined || (typeof value === 'object' && !Array.isArray(value));

export const partsOf = ({ value, text }: Part): [key: string, part: Part][] =>
  Object.entries(record(value)).map(([key, inner]) => [
    key,
    { value: inner, text: record(text)[key] },
  ]);

export const partAt = ({ value, text }: Part, key: string): Part => ({
  value: record(value)[key],
  text: record(text)[key],
});

/** What Compose itself does not read. */
export const isExtension = (key: string): boolean => key.startsWith('x-');

/** Whether a text could be made of it: an anchor may lead back to what it stands in. */
export function isEndless(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}
