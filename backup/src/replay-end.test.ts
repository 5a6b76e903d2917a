import { expect, it } from 'vitest';
import { refuseTooShort } from './replay-end.ts';
import type { RestorePlan } from './restore-plan.ts';

/** A place with segments 3 to 5 of timeline 2 and, from before, more of timeline 1. */
const PLAN = {
  place: { name: 'local' },
  chosen: { timeline: { id: 2 } },
  survey: {
    archive: {
      segments: [
        ...[3, 4, 9].map((number) => ({ timeline: 1, number })),
        ...[3, 4, 5].map((number) => ({ timeline: 2, number })),
      ],
    },
  },
} as unknown as RestorePlan;
const SEGMENT = 16n * 1024n * 1024n;

it.each([
  ['within the newest segment', 5n * SEGMENT + 8n],
  ['at its very end', 6n * SEGMENT],
  ['behind it, in what came later', 7n * SEGMENT + 8n],
])('recovery that ended %s is whole', (_, replayed) => {
  expect(() => {
    refuseTooShort(PLAN, replayed);
  }).not.toThrow();
});

it.each([
  ['at the end of the one before', 5n * SEGMENT],
  ['nowhere', null],
])('recovery that ended %s is refused', (_, replayed) => {
  expect(() => {
    refuseTooShort(PLAN, replayed);
  }).toThrow(/000000020000000000000005: one between them cannot be read/);
});

it('a timeline without segments of its own asks for nothing', () => {
  const plan = { ...PLAN, chosen: { timeline: { id: 3 } } } as unknown as RestorePlan;
  expect(() => {
    refuseTooShort(plan, 4n * SEGMENT);
  }).not.toThrow();
});
