import type * as z from 'zod';
import { shellWord } from '../model/shell.ts';
import { SIZE_PATTERN } from '../model/units.ts';
import { schemaNode } from './schema-node.ts';

/** What the schema expects, in the words of somebody who edits the file; every number of it is a whole one. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a whole number',
  string: 'a text, in quotes if it looks like something else',
  boolean: 'true or false',
  array: 'a list in brackets, such as [one, two]',
  object: 'a section with keys of its own',
  record: 'a section with keys of its own',
};

/** zod's message as the rest of a sentence that begins with the key. */
export function phrase(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'invalid_type')
    return `must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' || issue.origin === 'array'
      ? 'must not be empty'
      : `must be at least ${String(issue.minimum)}`;
  if (issue.code === 'too_big') return `must be at most ${String(issue.maximum)}`;
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element')
    return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

/** What a rule knows better than where to look. */
export function hintOf(issue: z.core.$ZodIssue): string | undefined {
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  if (typeof hint !== 'string') return undefined;
  // A command is not to be copied with the sentence after it.
  return `${hint}${hint.endsWith('.') ? ' ' : '   '}Nothing was changed.`;
}

/** Where the default shows nobody what a value of his own looks like. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'host.name': 'factsway.example.com',
  'postgres.external.host': 'db.example.com',
  'postgres.external.tls.caFile': '/etc/ssl/certs/company-ca.pem',
};

/** `--set host.memory=8GiB` for a key and what somebody gave it; undefined where no value is an example. */
export function exampleOf(path: readonly PropertyKey[], given: unknown): string | undefined {
  const key = path.join('.');
  const value = EXAMPLES[key] ?? schemaNode(path)?.default;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return undefined;
  const unit = SIZE_PATTERN.exec(String(value))?.[2];
  const isBare = /^\d+(\.\d+)?$/.test(String(given));
  return `--set ${key}=${shellWord(unit !== undefined && isBare ? `${String(given)}${unit}` : String(value))}`;
}
