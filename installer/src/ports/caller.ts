import type { Caller } from '../model/updates/caller.ts';

/** Who we are, to the world we change. Never throws, and asks for two seconds at most: a stop must not wait for it. */
export type Callers = { caller(region: string): Promise<Caller> };
