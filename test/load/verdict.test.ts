import { expect, it } from 'vitest';
import { reportOf } from './report.ts';
import { compareApplied } from './settle.ts';
import { problemsOf } from './verdict.ts';

it('a load that proves nothing does not pass', () => {
  const nothing = reportOf([], 0, 1000);
  expect(problemsOf(nothing, compareApplied([], new Map()))).toEqual([
    'no request was answered',
    'no long request was answered',
    'no POST was acknowledged',
  ]);
});

it('a load without a request across two services does not pass', () => {
  const record = {
    method: 'GET',
    path: '/',
    resource: 'facts',
    dueMs: 0,
    sentMs: 0,
    doneMs: 1,
    outcome: { kind: 'ok', status: 200 },
    crossed: 'facts@1.0.0',
  } as const;
  const records = [
    { ...record, lane: 'short' as const },
    { ...record, lane: 'long' as const },
  ];
  expect(problemsOf(reportOf(records, 0, 1000))).toEqual(['no request crossed two services']);
});

it('lost is what was acknowledged, doubled is whatever is there twice', () => {
  const sent = (key: string, acknowledged: boolean) => ({ resource: 'facts', key, acknowledged });
  const found = new Map([
    [
      'facts',
      new Map(Object.entries({ good: 1, twice: 2, 'twice unsaid': 2, unsaid: 1, other: 9 })),
    ],
    ['cases', new Map([['gone', 1]])],
  ]);
  const posts = [
    sent('good', true),
    sent('gone', true),
    sent('twice', true),
    sent('twice unsaid', false),
    sent('unsaid', false),
    sent('absent', false),
  ];
  expect(compareApplied(posts, found)).toEqual({
    posts: 6,
    acknowledged: 3,
    lost: ['facts gone'],
    doubled: ['facts twice', 'facts twice unsaid'],
    unacknowledgedApplied: 1,
    unacknowledgedAbsent: 1,
  });
});
