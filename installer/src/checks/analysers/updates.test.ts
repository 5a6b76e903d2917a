import { expect, it } from 'vitest';
import { ERROR_BODIES } from '../../model/updates/protocol.ts';
import { analyseUpdates } from './updates.ts';

const URL = 'https://firm.example/updates/latest.yml';
const SHA = `${'A'.repeat(86)}==`;
const MANIFEST = `version: 1.2.0
files: [{url: FACTSWAY-Setup-1.2.0.exe, sha512: ${SHA}, size: 5}]
path: FACTSWAY-Setup-1.2.0.exe
sha512: ${SHA}
releaseDate: '2026-03-01T00:00:00.000Z'
`;
const judged = (status: number, body: string, error = '') =>
  analyseUpdates({ url: URL, status, body, error });

it('says what is offered', () => {
  expect(judged(200, MANIFEST)).toMatchObject({ status: 'pass', found: `${URL} offers 1.2.0` });
});

it('an empty mirror is a warning that says how it is filled', () => {
  const { status, remedy } = judged(404, JSON.stringify(ERROR_BODIES.manifestNotFound));
  expect([status, remedy]).toEqual([
    'warn',
    'Fill it: factsway-install release mirror --from ADDRESS',
  ]);
});

it.each([
  ['a page of somebody else', 200, '<html>', ''],
  ['a proxy without this route', 404, '{"error":{"code":"not_found"}}', ''],
  ['a proxy that answers null', 404, 'null', ''],
  ['a mirror that is down', 503, JSON.stringify(ERROR_BODIES.unavailable), ''],
  ['nobody', 0, '', 'connect ECONNREFUSED'],
])('%s is a failure', (_, status, body, error) => {
  const result = judged(status, body, error);
  expect(result.status).toBe('fail');
  expect(result.found).toContain(URL);
  expect(result.remedy).not.toBe('');
});
