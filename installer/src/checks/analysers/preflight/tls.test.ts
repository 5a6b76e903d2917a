import { describe, expect, it } from 'vitest';
import { CERTIFICATE, judge, lineOf, NOW } from '../../../../../test/fakes/preflight.ts';
import type { Certificate, TlsFacts } from '../../facts-preflight.ts';
import type { AnyCheck } from './check.ts';
import { tlsChain } from './tls-chain.ts';
import { tlsFilesCheck } from './tls-files.ts';
import { tlsKey } from './tls-key.ts';
import { tlsName } from './tls-name.ts';
import { tlsValidity } from './tls-validity.ts';

const DAY = 86_400_000;
const on = (check: AnyCheck, change: Partial<TlsFacts>, settings: object = {}) =>
  judge(check, (facts) => ({ tls: { ...facts.tls, ...change } }), {
    settings: { images: { source: 'debian' }, ...settings },
  });
const own = (change: Partial<Certificate>): Partial<TlsFacts> => ({
  chain: [{ ...CERTIFICATE, ...change }],
});

describe('tls-files', () => {
  it.each([
    [0o600, 'pass'],
    [0o400, 'pass'],
    [0o640, 'warn'],
    [0o604, 'warn'],
  ])('key of mode %o: %s', (keyMode, status) => {
    expect(on(tlsFilesCheck, { keyMode }).status).toBe(status);
  });

  it('concerns nobody whose certificate is not brought along', () => {
    const checks = [tlsFilesCheck, tlsKey, tlsChain, tlsName, tlsValidity];
    expect(checks.every(({ applies }) => applies !== undefined)).toBe(true);
  });
});

describe('tls-key', () => {
  it('of another certificate is refused, and how to compare is told', () => {
    const verdict = on(tlsKey, { keyOf: -1 });
    expect(verdict.code).toBe('FW-TLS-KEY-MISMATCH');
    expect(verdict.remedy).toContain('openssl pkey -in /etc/tls/server.key -pubout');
  });

  it.each([
    [{ type: 'rsa', bits: 2047 }, 'fail'],
    [{ type: 'rsa', bits: 2048 }, 'pass'],
    [{ type: 'rsa', bits: 4096 }, 'pass'],
    [{ type: 'ec', bits: 224 }, 'fail'],
    [{ type: 'ec', bits: 256 }, 'pass'],
    [{ type: 'ed25519', bits: undefined }, 'warn'],
  ])('%j: %s', (key, status) => {
    expect(on(tlsKey, own({ key })).status).toBe(status);
  });
});

describe('a chain in the wrong order', () => {
  const turned = {
    chain: [{ ...CERTIFICATE, subject: 'Authority', names: [], signedByNext: false }, CERTIFICATE],
    keyOf: 1,
  };

  it('is told as that and by one check alone', () => {
    expect(on(tlsChain, turned).code).toBe('FW-TLS-CHAIN');
    expect(on(tlsChain, turned).found).toContain('is certificate 2 of 2; it must be the first');
    expect(on(tlsKey, turned).status).toBe('pass');
    expect(on(tlsName, turned)).toEqual(on(tlsName, {}));
  });
});

describe('tls-chain', () => {
  it('whose order is wrong, or where one is missing, is refused by name', () => {
    const verdict = on(tlsChain, {
      chain: [
        { ...CERTIFICATE, signedByNext: false },
        { ...CERTIFICATE, subject: 'Other Authority' },
      ],
    });
    expect(lineOf(verdict)).toBe(
      'fail FW-TLS-CHAIN: /etc/tls/chain.crt: factsway.example.com is issued by Example Intermediate, but Other Authority follows',
    );
  });

  it('that ends at an authority of one’s own is a warning', () => {
    expect(on(tlsChain, {}).status).toBe('pass');
    expect(lineOf(on(tlsChain, { ...own({}), endsAtKnownRoot: false }))).toContain(
      'warn: 1 certificate in order, but Example Intermediate, who issued the last, is no root',
    );
    const root = { ...own({ selfSigned: true }), endsAtKnownRoot: false };
    expect(on(tlsChain, root).found).toContain('a root of your own');
  });
});

describe('tls-name', () => {
  it.each([
    ['factsway.example.com', 'factsway.example.com', true],
    ['Factsway.Example.com', 'factsway.example.com', true],
    ['*.example.com', 'factsway.example.com', true],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', 'example.com', false],
    ['other.example.com', 'factsway.example.com', false],
  ])('%s covers %s: %s', (pattern, name, covers) => {
    const verdict = on(tlsName, own({ names: [pattern] }), { host: { name } });
    expect(verdict.code).toBe(covers ? undefined : 'FW-TLS-NAME');
  });

  it('a certificate without alternative names is for none', () => {
    const verdict = on(tlsName, own({ names: [] }), { host: { name: 'a.example' } });
    expect(verdict.found).toBe('host.name is a.example, the certificate is for no name at all');
  });
});

describe('tls-validity', () => {
  it.each([
    [-1, 'fail'],
    [0, 'fail'],
    [1, 'warn'],
    [29.9, 'warn'],
    [30, 'pass'],
  ])('%d days left: %s', (days, status) => {
    expect(on(tlsValidity, own({ notAfterMs: NOW + days * DAY })).status).toBe(status);
  });

  it('not valid yet is refused like expired', () => {
    expect(on(tlsValidity, own({ notBeforeMs: NOW })).status).toBe('pass');
    expect(lineOf(on(tlsValidity, own({ notBeforeMs: NOW + DAY })))).toBe(
      'fail FW-TLS-NOT-YET-VALID: factsway.example.com is not valid before 2026-01-03',
    );
  });

  it('an intermediate that ends first counts', () => {
    const verdict = on(tlsValidity, {
      chain: [CERTIFICATE, { ...CERTIFICATE, subject: 'Intermediate', notAfterMs: NOW - DAY }],
    });
    expect(lineOf(verdict)).toBe('fail FW-TLS-EXPIRED: Intermediate expired on 2026-01-01');
  });
});
