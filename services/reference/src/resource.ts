import { isSince } from './version.ts';

interface FieldBase {
  /** Name in JSON and of the column. */
  readonly name: string;
  /** An optional field may be absent or null; it is stored as NULL. */
  readonly optional?: true;
  /** The release that introduced it; earlier builds neither accept nor return it. */
  readonly since?: string;
  /** GET list takes `?name=value` for it. */
  readonly filter?: true;
}

/** A field of a resource, and everything that is known about it. */
export type Field = FieldBase &
  (
    | { readonly kind: 'text'; readonly max: number; readonly pattern?: RegExp }
    | { readonly kind: 'choice'; readonly values: readonly string[] }
    | { readonly kind: 'integer'; readonly min: number; readonly max: number }
    | { readonly kind: 'number'; readonly min: number; readonly max: number }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'date' }
    | { readonly kind: 'uuid' }
  );

/** One collection of a service: `/api/<path>` over one table. */
export interface Resource {
  /** Last part of the route, and the name in queries and metrics. */
  readonly path: string;
  /** Table in the schema `factsway`. */
  readonly table: string;
  readonly fields: readonly Field[];
  /** Counts what was created since boot. */
  readonly createdCounter?: { readonly name: string; readonly help: string };
}

/** One of the eight services, as data. */
export interface ServiceDefinition {
  /** SERVICE_NAME; the image and the metrics label are `<name>-service`. */
  readonly name: string;
  readonly resources: readonly Resource[];
}

/** A row as the API returns it. */
export type Item = Record<string, unknown> & { readonly id: string };

/** The resource as `version` knows it: without the fields of later releases. */
export function resourceAt(resource: Resource, version: string): Resource {
  return { ...resource, fields: resource.fields.filter((field) => isSince(field.since, version)) };
}
