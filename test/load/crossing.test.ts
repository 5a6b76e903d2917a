import { expect, it } from 'vitest';
import { crossingOf } from './crossing.ts';

it('services of one version are one crossing, with its version', () => {
  expect(crossingOf('export@1.1.0, records@1.1.0')).toEqual({
    kind: 'one',
    version: '1.1.0',
    services: ['export', 'records'],
  });
});

it.each(['export@1.1.0, records@1.0.0', 'export@1.1.0,records@unknown', 'records@unknown'])(
  '%j is mixed',
  (header) => {
    expect(crossingOf(header)).toEqual({ kind: 'mixed' });
  },
);

it.each([undefined, '', ' ', 'export', 'export@1.1.0, ', '@1.1.0'])('%j says nothing', (header) => {
  expect(crossingOf(header)).toEqual({ kind: 'unlabelled' });
});
