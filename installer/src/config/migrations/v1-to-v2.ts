import type { MigrationStep } from './step.ts';

/** The first form that says how another release takes over. */
export const v1ToV2: MigrationStep = {
  from: 'factsway/v1',
  to: 'factsway/v2',
  title: 'The section upgrade says how another release takes over; left out, it has its defaults.',
  renames: [
    {
      path: ['services', 'passwordCompatibility'],
      name: 'passwordInEnvironment',
      because: 'which says what it does to the password',
    },
  ],
};
