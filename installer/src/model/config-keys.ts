import * as z from 'zod';
import { configSchema } from './config.ts';

type Node = {
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
};

export type ConfigKey = {
  /** As --set takes it: `edge.tls.mode`. */
  readonly key: string;
  /** All it can be, where that is a short list. */
  readonly values: readonly string[];
};

/** Every key of factsway.yaml that has a value of its own. */
export function configKeys(): ConfigKey[] {
  return leaves(z.toJSONSchema(configSchema, { io: 'input' }) as Node, '');
}

function leaves(node: Node, path: string): ConfigKey[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, child]) =>
      leaves(child, path === '' ? key : `${path}.${key}`),
    );
  const values =
    node.const !== undefined
      ? [String(node.const)]
      : (node.enum?.map(String) ?? (node.type === 'boolean' ? ['true', 'false'] : []));
  return [{ key: path, values }];
}
