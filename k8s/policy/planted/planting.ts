import type { Change } from '../../../test/fakes/kubernetes-changes.ts';

/**
 * Changes to a tree that keeps every rule, and the rules that must see them; the others must not. A single change
 * stands without the list.
 */
export type Planting = readonly [Change | readonly Change[], ...rules: readonly string[]];
export type Plantings = Readonly<Record<string, Planting>>;

export const POD = 'spec.template.spec';
export const MAIN = `${POD}.containers.0`;
export const INIT = `${POD}.initContainers.0`;
export const RECORDS = 'Deployment/records';
export const POSTGRES = 'StatefulSet/postgres';
export const MIGRATIONS = 'Job/migrations';
/** A change of the Deployment, of its pods, of their only container, of the one that prepares it. */
export const deployed = (path: string, value?: unknown): Change => [RECORDS, path, value];
export const inPod = (path: string, value?: unknown): Change => [RECORDS, `${POD}.${path}`, value];
export const inMain = (path: string, value?: unknown): Change => [
  RECORDS,
  `${MAIN}.${path}`,
  value,
];
export const inInit = (path: string, value?: unknown): Change => [
  RECORDS,
  `${INIT}.${path}`,
  value,
];
