import { invalid, type FieldProblem } from './problem.ts';
import type { Field, Resource } from './resource.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** There is no year 0 in PostgreSQL. */
const DATE = /^(?!0000)\d{4}-\d{2}-\d{2}$/;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Column values in the order of `resource.fields`, and the id when the client chose one. */
export interface Validated {
  readonly id: string | undefined;
  readonly values: readonly unknown[];
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * Checks a whole representation, as POST and PUT send it. Unknown fields are refused, so that a
 * misspelt or not yet known field is never dropped in silence.
 *
 * @throws Problem 400 naming every wrong field
 */
export function validateBody(body: unknown, resource: Resource): Validated {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: '', problem: 'must be a JSON object' }]);
  }
  const input = body as Record<string, unknown>;
  const names = new Set(['id', ...resource.fields.map((field) => field.name)]);
  const problems: FieldProblem[] = Object.keys(input)
    .filter((name) => !names.has(name))
    .map((name) => ({ field: name.slice(0, 100), problem: 'is not a field of this resource' }));

  const id = input['id'];
  if (id !== undefined && !isUuid(id)) problems.push({ field: 'id', problem: 'must be a UUID' });
  const values = resource.fields.map((field) => {
    const value = input[field.name] ?? null;
    const problem = problemOf(field, value);
    if (problem !== undefined) problems.push({ field: field.name, problem });
    return value;
  });
  if (problems.length > 0) throw invalid(problems);
  return { id: isUuid(id) ? id.toLowerCase() : undefined, values };
}

/** What is wrong with a value of a field, or undefined. */
export function problemOf(field: Field, value: unknown): string | undefined {
  if (value === null) return field.optional ? undefined : 'is required';
  switch (field.kind) {
    case 'text':
      return textProblem(value, field.max, field.pattern);
    case 'choice':
      return typeof value === 'string' && field.values.includes(value)
        ? undefined
        : `must be one of ${field.values.join(', ')}`;
    case 'integer':
      return typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= field.min &&
        value <= field.max
        ? undefined
        : `must be a whole number from ${field.min} to ${field.max}`;
    case 'number':
      return typeof value === 'number' && value >= field.min && value <= field.max
        ? undefined
        : `must be a number from ${field.min} to ${field.max}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'date':
      return isDate(value) ? undefined : 'must be a date, YYYY-MM-DD';
    case 'uuid':
      return isUuid(value) ? undefined : 'must be a UUID';
  }
}

function textProblem(value: unknown, max: number, pattern: RegExp | undefined) {
  if (typeof value !== 'string') return 'must be a string';
  if (value.trim() === '') return 'must not be empty';
  if (value.length > max) return `must have at most ${max} characters`;
  // Postgres stores every character but this one.
  if (value.includes('\0')) return 'must not contain a NUL character';
  // Half of a surrogate pair has no UTF-8; it would be stored as another character.
  if (LONE_SURROGATE.test(value)) return 'must be well-formed Unicode';
  if (pattern !== undefined && !pattern.test(value)) return `must match ${pattern.source}`;
  return undefined;
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !DATE.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}
