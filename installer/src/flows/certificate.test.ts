import { describe, expect, it } from 'vitest';
import { desiredWith } from '../../../test/fakes/builders.ts';
import {
  INTERMEDIATE_CERTIFICATE,
  OTHER_KEY,
  ROOT_CERTIFICATE,
  SERVER_CERTIFICATE,
  SERVER_KEY,
} from '../../../test/fakes/tls-files.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { pairOf } from '../checks/collectors/certificate-pair.ts';
import type { ProvidedCertificate } from '../model/certificate.ts';
import { FactswayError } from '../model/errors.ts';
import type { Desired } from '../planner/desired.ts';
import type { Clock } from '../ports/host.ts';
import { inspectCertificate } from './certificate.ts';

const CHAIN = SERVER_CERTIFICATE + INTERMEDIATE_CERTIFICATE;
const at = (year: number): Clock =>
  ({ now: () => new Date(Date.UTC(year, 5, 1)) }) as unknown as Clock;
const GOOD = { clock: at(2030), skip: [], doubts: true };

function desired(
  chain: string,
  key: string,
  { name = 'factsway.example.com', ...more }: Partial<ProvidedCertificate> & { name?: string } = {},
): Desired {
  const tls = { mode: 'provided', certificateFile: '/tls/chain.crt', keyFile: '/tls/server.key' };
  return {
    ...desiredWith({ host: { name }, images: { source: 'debian' }, edge: { tls } }),
    certificate: {
      pair: pairOf(chain, key),
      imported: undefined,
      certificateFile: tls.certificateFile,
      keyFile: tls.keyFile,
      keyMode: 0o600,
      absent: false,
      ...more,
    },
  };
}
const codes = (one: Desired, inspection: Parameters<typeof inspectCertificate>[1] = GOOD) =>
  errorOf(() => inspectCertificate(one, inspection)).all.map(({ code }) => code);

describe('a certificate that is to be brought in', () => {
  it('passes when it is whole, with a word about a root that no browser has', () => {
    expect(inspectCertificate(desired(CHAIN, SERVER_KEY), GOOD)).toEqual([
      expect.stringContaining('Test Root, who issued the last, is no root that browsers know'),
    ]);
  });

  it.each([
    ['another key', CHAIN, OTHER_KEY, {}, 'FW-TLS-KEY-MISMATCH'],
    ['no intermediate', SERVER_CERTIFICATE + ROOT_CERTIFICATE, SERVER_KEY, {}, 'FW-TLS-CHAIN'],
    ['another name', CHAIN, SERVER_KEY, { name: 'other.example.org' }, 'FW-TLS-NAME'],
  ])('with %s is refused at any time', (_, chain, key, more, code) => {
    const one = desired(chain, key, more);
    expect(codes(one)).toEqual([code]);
    expect(codes(one, { skip: [], doubts: true })).toEqual([code]);
  });

  it('that has expired, or is not valid yet, is refused by what starts something', () => {
    expect(codes(desired(CHAIN, SERVER_KEY), { ...GOOD, clock: at(2200) })).toEqual([
      'FW-TLS-EXPIRED',
    ]);
    expect(codes(desired(CHAIN, SERVER_KEY), { ...GOOD, clock: at(2020) })).toEqual([
      'FW-TLS-NOT-YET-VALID',
    ]);
    expect(() =>
      inspectCertificate(desired(CHAIN, SERVER_KEY), { skip: [], doubts: true }),
    ).not.toThrow();
  });

  it('has everything told at once, and lets through what was skipped by name', () => {
    const one = desired(CHAIN, OTHER_KEY, { name: 'other.example.org' });
    expect(codes(one)).toEqual(['FW-TLS-KEY-MISMATCH', 'FW-TLS-NAME']);
    expect(codes(one, { ...GOOD, skip: ['tls-key'] })).toEqual(['FW-TLS-NAME']);
  });
});

describe('a certificate that is in use', () => {
  const imported = pairOf(CHAIN, SERVER_KEY).id;

  it('stops nothing, and that it is over is said each time', () => {
    const one = desired(CHAIN, SERVER_KEY, { imported });
    expect(inspectCertificate(one, GOOD)).toEqual([]);
    expect(inspectCertificate(one, { ...GOOD, clock: at(2200) })).toEqual([
      expect.stringContaining('expired on'),
    ]);
  });

  const problem = new FactswayError('FW-TLS-FILE', '/tls/chain.crt does not exist.', 'Look.');

  it('goes on without its files, with a warning', () => {
    const one = desired(CHAIN, SERVER_KEY, { imported, absent: true, problem });
    expect(inspectCertificate(one, GOOD)).toEqual([
      '/tls/chain.crt does not exist: the certificate that was brought in earlier stays in use.',
    ]);
  });

  it('does not hide files that are broken', () => {
    expect(codes(desired(CHAIN, SERVER_KEY, { imported, problem }))).toEqual(['FW-TLS-FILE']);
  });
});
