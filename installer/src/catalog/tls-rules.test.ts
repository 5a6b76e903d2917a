import { describe, expect, it } from 'vitest';
import { configWith } from '../../../test/fakes/builders.ts';
import { tlsNotes, tlsRules } from './tls-rules.ts';

const PUBLIC = 'factsway.example.com';
const judge = (tls: object, name = PUBLIC): string[] =>
  tlsRules(configWith({ host: { name }, edge: { tls } })).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );
const PAIR = { certificateFile: 'a.crt', keyFile: 'a.key' };

describe('what a mode of TLS needs', () => {
  it.each([
    [{ mode: 'internal' }],
    [{ mode: 'off' }],
    [{ mode: 'provided', ...PAIR }],
    [{ mode: 'acme', email: 'a@example.com' }],
    [{ mode: 'acme', email: 'a@example.com', acmeDirectory: 'https://ca.example.com/dir' }],
  ])('%j is whole', (tls) => {
    expect(judge(tls)).toEqual([]);
  });

  it.each([
    [{ mode: 'provided' }, ['certificateFile', 'keyFile']],
    [{ mode: 'provided', certificateFile: 'a.crt' }, ['keyFile']],
    [{ mode: 'acme' }, ['email']],
  ])('%j lacks something', (tls, keys) => {
    expect(judge(tls)).toEqual(
      keys.map((key) => `edge.tls.${key} is needed with edge.tls.mode ${tls.mode}`),
    );
  });

  it.each([
    [{ mode: 'internal', ...PAIR }, ['certificateFile', 'keyFile']],
    [{ mode: 'off', email: 'a@example.com' }, ['email']],
    [{ mode: 'provided', ...PAIR, email: 'a@example.com' }, ['email']],
  ])('%j may keep the keys of another mode, and is told', (tls, keys) => {
    expect(judge(tls)).toEqual([]);
    expect(tlsNotes(configWith({ edge: { tls } }))).toEqual(
      keys.map((key) => `edge.tls.${key} has no effect with edge.tls.mode ${tls.mode}.`),
    );
  });

  it('tells of ports the authority does not ask', () => {
    const acme = { tls: { mode: 'acme', email: 'a@example.com' } };
    expect(tlsNotes(configWith({ edge: { ...acme, httpPort: 8080 } }))).toEqual([]);
    expect(tlsNotes(configWith({ edge: { ...acme, httpPort: 8080, httpsPort: 8443 } }))).toEqual([
      expect.stringContaining('asks on port 80 or 443'),
    ]);
  });

  it.each(['localhost', 'server1', '192.168.1.10', 'factsway.local', 'a.corp', 'x.home.arpa'])(
    'no public authority gives a certificate for %s',
    (name) => {
      expect(judge({ mode: 'acme', email: 'a@example.com' }, name)).toEqual([
        expect.stringMatching(/^host\.name .* no public authority gives a certificate for it/),
      ]);
    },
  );

  it('does not take a public name for an inner one', () => {
    for (const name of ['local.example.com', 'intranet.law', 'mylocal.de'])
      expect(judge({ mode: 'acme', email: 'a@example.com' }, name)).toEqual([]);
  });
});
