import { describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../../../test/fakes/memory-files.ts';
import { viewWith } from '../../../../../test/fakes/preflight.ts';
import { rejectionOf } from '../../../../../test/fakes/thrown.ts';
import {
  INTERMEDIATE_CERTIFICATE,
  OTHER_KEY,
  ROOT_CERTIFICATE,
  SERVER_CERTIFICATE,
  SERVER_KEY,
} from '../../../../../test/fakes/tls-files.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import { collectTls } from './tls.ts';
import type { PreflightView } from './view.ts';

/** An instance whose configuration names the two files of a certificate. */
function viewOf(certificate: string | undefined, key: string | undefined): PreflightView {
  const files = new MemoryFiles();
  if (certificate !== undefined) files.put('/opt/factsway/tls/chain.crt', certificate);
  if (key !== undefined) files.put('/etc/tls/server.key', key, 0o640);
  const view = viewWith({ ports: { files } });
  const { context } = view.catalog;
  const tls = {
    mode: 'provided',
    certificateFile: 'tls/chain.crt',
    keyFile: '/etc/tls/server.key',
  };
  const config = { ...context.config, edge: { ...context.config.edge, tls } };
  const catalog = { ...view.catalog, context: { ...context, config } } as unknown as Catalog;
  return { ...view, catalog };
}

describe('a certificate of the customer', () => {
  const CHAIN = SERVER_CERTIFICATE + INTERMEDIATE_CERTIFICATE;

  it('is taken apart, its path counted from the instance directory', async () => {
    const facts = await collectTls(viewOf(CHAIN, SERVER_KEY));
    expect(facts).toMatchObject({
      certificateFile: '/opt/factsway/tls/chain.crt',
      keyOf: 0,
      keyMode: 0o640,
      endsAtKnownRoot: false,
    });
    expect(facts.chain).toMatchObject([
      {
        subject: 'factsway.example.com',
        issuer: 'Test Intermediate',
        names: ['factsway.example.com', '*.factsway.example.com'],
        key: { type: 'ec', bits: 256 },
        selfSigned: false,
        signedByNext: true,
      },
      { subject: 'Test Intermediate', issuer: 'Test Root', signedByNext: undefined },
    ]);
    expect(facts.chain[0]!.notAfterMs).toBeGreaterThan(facts.chain[0]!.notBeforeMs);
  });

  it('in the wrong order, or with one missing between, shows where', async () => {
    const order = async (...certificates: string[]) =>
      (await collectTls(viewOf(certificates.join(''), SERVER_KEY))).chain.map(
        ({ signedByNext }) => signedByNext,
      );
    expect(await order(INTERMEDIATE_CERTIFICATE, SERVER_CERTIFICATE)).toEqual([false, undefined]);
    expect(await order(SERVER_CERTIFICATE, ROOT_CERTIFICATE)).toEqual([false, undefined]);
    const whole = [SERVER_CERTIFICATE, INTERMEDIATE_CERTIFICATE, ROOT_CERTIFICATE];
    expect(await order(...whole)).toEqual([true, true, undefined]);
  });

  it('and a key of another one do not match', async () => {
    expect((await collectTls(viewOf(CHAIN, OTHER_KEY))).keyOf).toBe(-1);
  });

  it('a root says that it signed itself', async () => {
    const { chain } = await collectTls(viewOf(ROOT_CERTIFICATE, SERVER_KEY));
    expect(chain[0]?.selfSigned).toBe(true);
  });

  it.each([
    [undefined, SERVER_KEY, 'chain.crt does not exist'],
    [CHAIN, undefined, 'server.key does not exist'],
    ['', SERVER_KEY, 'chain.crt holds no certificate in PEM'],
    [SERVER_KEY, SERVER_KEY, 'chain.crt holds no certificate in PEM'],
    [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      SERVER_KEY,
      'holds a certificate that cannot be read',
    ],
    [CHAIN, CHAIN, 'server.key holds no private key in PEM'],
    [
      CHAIN,
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
      'is a key with a passphrase',
      'FW-TLS-KEY-ENCRYPTED',
    ],
  ])(
    '%#: what is no such file is named, and never its content',
    async (certificate, key, said, code = 'FW-TLS-FILE') => {
      const error = await rejectionOf(collectTls(viewOf(certificate, key)));
      expect([error.code, error.exitCode]).toEqual([code, 3]);
      expect(error.message).toContain(said);
      expect(error.message + error.hint).not.toContain('BEGIN');
    },
  );
});
