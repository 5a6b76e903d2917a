import type { SchemaError, Validator } from './schemas.ts';

/**
 * What a schema has against an object, unknown keys included.
 *
 * The validators of kubernetes-models let unknown keys pass, and their schemas are not published, only the code ajv
 * made of them. That code asks an object for every property its schema declares, whether it is there or not, and walks
 * over the keys of what is a map. So the object is handed over in proxies that take note: a key nobody asked for is a
 * key the API does not know. What was asked for nothing at all is free-form, and everything in it is welcome.
 */
export function strictProblems(validate: Validator, object: object): readonly string[] {
  const seen = new Map<object, Reading>();
  const broken = validate(watched(object, seen)).map(sentence);
  return [...new Set([...broken, ...unknownKeys(object, '', seen), ...nulls(object, '')])];
}

type Reading = { readonly asked: Set<string>; walked: boolean };

function watched(target: object, seen: Map<object, Reading>): object {
  const reading = seen.get(target) ?? { asked: new Set(), walked: false };
  seen.set(target, reading);
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === 'string') reading.asked.add(key);
      return typeof value === 'object' && value !== null ? watched(value, seen) : value;
    },
    ownKeys: () => {
      reading.walked = true;
      return Reflect.ownKeys(target);
    },
  });
}

function unknownKeys(value: unknown, path: string, seen: Map<object, Reading>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const reading = seen.get(value);
  if (reading === undefined || (reading.asked.size === 0 && !reading.walked)) return [];
  const known = (key: string): boolean =>
    Array.isArray(value) || reading.walked || reading.asked.has(key);
  return Object.entries(value).flatMap(([key, inner]) =>
    known(key)
      ? unknownKeys(inner, `${path}/${key}`, seen)
      : [`${path}/${key}: the API knows no such key`],
  );
}

/** The server takes null for nothing; written, it is a value somebody forgot. */
const nulls = (value: unknown, path: string): readonly string[] =>
  value === null || value === undefined
    ? [`${path}: has no value`]
    : typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => nulls(inner, `${path}/${key}`))
      : [];

const sentence = ({ instancePath, message = '', params }: SchemaError): string =>
  `${instancePath}: ${message}${'allowedValues' in params ? `: ${String(params['allowedValues'])}` : ''}`;
