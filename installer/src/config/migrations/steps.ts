import type { MigrationStep } from './step.ts';
import { v1ToV2 } from './v1-to-v2.ts';

/** In order, without a gap; the last one leads to CONFIG_API_VERSION. */
export const STEPS: readonly MigrationStep[] = [v1ToV2];
