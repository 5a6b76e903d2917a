import * as z from 'zod';
import { configSchema } from '../model/config.ts';

/** What we read of JSON Schema. */
export type SchemaNode = {
  readonly type?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
};

let root: SchemaNode | undefined;

/** What the schema says of a path; undefined where it knows none. */
export function schemaNode(path: readonly PropertyKey[]): SchemaNode | undefined {
  root ??= z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  return path.reduce<SchemaNode | undefined>(below, root);
}

function below(node: SchemaNode | undefined, part: PropertyKey): SchemaNode | undefined {
  const any = node?.additionalProperties;
  return node?.properties?.[String(part)] ?? (typeof any === 'object' ? any : undefined);
}

/** Keys the schema knows below a path; empty where any key is allowed. */
export const keysAt = (path: readonly PropertyKey[]): string[] =>
  Object.keys(schemaNode(path)?.properties ?? {});

/** `string`, `integer`, `object`; what may be several things of one type is of that type. */
export function typeAt(path: readonly PropertyKey[]): string | undefined {
  const node = schemaNode(path);
  const types = new Set((node?.anyOf ?? [node]).map((one) => one?.type));
  return types.size === 1 ? [...types][0] : undefined;
}
