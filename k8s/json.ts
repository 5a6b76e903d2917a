/** Reading of objects nobody has checked: whatever is not there, or not of its type, reads as nothing. */
export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];
export const records = (value: unknown): readonly Json[] => list(value).map(record);
/** A scalar as text; nothing where there is none. */
export const word = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
export const texts = (value: unknown): readonly string[] => list(value).map(String);
/** What stands at a path of keys and indices: `spec.containers.0.image`. */
export const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        Array.isArray(inner) ? (inner as unknown[])[Number(key)] : record(inner)[key],
      value,
    );
/** A value for a sentence; what is absent is called so. */
export const show = (value: unknown): string =>
  value === undefined ? 'absent' : JSON.stringify(value);
