import type { ClientCase } from './case.ts';
import { DOWNLOADED } from './cases-download.ts';
import { OFFERED } from './cases-offered.ts';
import { REFUSED } from './cases-refused.ts';

/** Everything the real client is put through, against whichever server. */
export const CLIENT_CASES: readonly ClientCase[] = [...OFFERED, ...DOWNLOADED, ...REFUSED];
