import type { DataVolume } from '../model/workload.ts';

const NUMBERED = /^postgres-data-(\d+)$/;

/** Of a generation, from 1: a restore goes into a volume of its own, and the one before stays until it is removed by hand. */
export const dataVolume = (generation: number): DataVolume =>
  generation <= 1 ? 'postgres-data' : `postgres-data-${generation}`;

export const isDataVolume = (name: string): name is DataVolume =>
  name === 'postgres-data' || NUMBERED.test(name);

/** Whether there is what a secret unlocks: of the database in any volume it ever was in. */
export const holdsData = (volumes: readonly string[], unlocked: string): boolean =>
  unlocked === 'postgres-data' ? volumes.some(isDataVolume) : volumes.includes(unlocked);

/** From 1; undefined for another volume. */
export function generationOf(name: string): number | undefined {
  if (name === 'postgres-data') return 1;
  const number = NUMBERED.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}
