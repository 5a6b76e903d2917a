import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { catalogWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../../test/fakes/memory-files.ts';
import {
  INTERMEDIATE_CERTIFICATE,
  OTHER_KEY,
  SERVER_CERTIFICATE,
  SERVER_KEY,
} from '../../../../test/fakes/tls-files.ts';
import { chainPath, currentLine, keyPath, TLS_PLACES } from '../../model/tls-places.ts';
import { collectCertificate, pairOf } from './certificate-pair.ts';

const CHAIN = SERVER_CERTIFICATE + INTERMEDIATE_CERTIFICATE;
const TLS = { mode: 'provided', certificateFile: 'tls/chain.crt', keyFile: '/etc/tls/server.key' };
const CATALOG = catalogWith({ images: { source: 'debian' }, edge: { tls: TLS } });
const collect = (files: MemoryFiles) => collectCertificate(CATALOG, DIRECTORY, files);

const withSource = (chain: string | undefined, key: string | undefined): MemoryFiles => {
  const files = new MemoryFiles();
  if (chain !== undefined) files.put(`${DIRECTORY}/tls/chain.crt`, chain);
  if (key !== undefined) files.put('/etc/tls/server.key', key);
  return files;
};

function putImported(files: MemoryFiles, chain = CHAIN, key = SERVER_KEY): string {
  const { id } = pairOf(chain, key);
  files.put(`${DIRECTORY}/${TLS_PLACES.current}`, currentLine(id));
  files.put(`${DIRECTORY}/${chainPath(id)}`, chain);
  files.put(`${DIRECTORY}/${keyPath(id)}`, key);
  return id;
}

describe('the certificate to serve', () => {
  it('is nobody’s concern in another mode', async () => {
    expect(await collectCertificate(catalogWith(), DIRECTORY, new MemoryFiles())).toBeUndefined();
  });

  it('is that of the files, and has the same id wherever it is read', async () => {
    const files = withSource(CHAIN, SERVER_KEY);
    const id = putImported(files);
    expect(await collect(files)).toMatchObject({ pair: { id, chain: CHAIN }, imported: id });
  });

  it('leaves behind what else the file holds, a key above all', async () => {
    const found = await collect(withSource(`# mine\n${OTHER_KEY}${CHAIN}`, `\r\n${SERVER_KEY}`));
    expect(found?.pair?.chain).toBe(CHAIN);
    expect(found?.pair?.key.reveal()).toBe(SERVER_KEY);
  });

  it('with the line breaks of another system is the same certificate', async () => {
    const found = await collect(withSource(CHAIN.replaceAll('\n', '\r\n'), SERVER_KEY));
    expect(found?.pair?.id).toBe(pairOf(CHAIN, SERVER_KEY).id);
  });

  it.each([
    ['both files are gone', undefined, undefined],
    ['the certificate is gone', undefined, SERVER_KEY],
    ['the key is gone', CHAIN, undefined],
  ])('is the copy brought in earlier when %s', async (_, chain, key) => {
    const files = withSource(chain, key);
    const id = putImported(files);
    expect(await collect(files)).toMatchObject({ pair: { id }, absent: true });
  });

  it('is none when the copy was tampered with and the files are gone', async () => {
    const files = new MemoryFiles();
    const id = putImported(files);
    files.put(`${DIRECTORY}/${keyPath(id)}`, OTHER_KEY);
    const found = await collect(files);
    expect(found).toMatchObject({ pair: undefined, imported: undefined });
    expect(found?.problem?.code).toBe('FW-TLS-FILE');
  });

  it('a broken file is a problem and no reason to forget the copy', async () => {
    const files = withSource('nonsense', SERVER_KEY);
    const id = putImported(files);
    const found = await collect(files);
    expect(found).toMatchObject({ pair: { id }, absent: false });
    expect(found?.problem?.message).toContain('holds no certificate in PEM');
  });

  it('shows its key to nobody', async () => {
    const found = await collect(withSource(CHAIN, SERVER_KEY));
    const line = SERVER_KEY.split('\n')[1]!;
    expect(JSON.stringify(found)).not.toContain(line);
    expect(inspect(found, { depth: 9 })).not.toContain(line);
  });
});
