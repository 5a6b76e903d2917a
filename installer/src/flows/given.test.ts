import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { configSchema } from '../model/config.ts';
import { sha256 } from '../render/digest.ts';
import { readGiven } from './given.ts';

const CA = '/media/stick/ca.pem';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const COPY = 'config/postgres-tls/ca.crt';
const config = configSchema.parse({
  host: { name: 'server1' },
  postgres: {
    mode: 'external',
    external: { host: 'db.example.com', tls: { mode: 'verify-full', caFile: CA } },
  },
});
let files: MemoryFiles;
const read = () => readGiven(config, DIRECTORY, files);

beforeEach(() => {
  files = new MemoryFiles();
});

describe('the authority of a PostgreSQL of the customer', () => {
  const rendered = (text: string, remembered = text): void => {
    files.put(`${DIRECTORY}/${COPY}`, text);
    const manifest = { version: 1, files: { [COPY]: sha256(remembered) } };
    files.put(`${DIRECTORY}/state/manifest.json`, JSON.stringify(manifest));
  };

  it('is that of the file, whatever was rendered before', async () => {
    rendered('an older one');
    files.put(CA, PEM);
    expect(await read()).toEqual({ directory: DIRECTORY, postgresAuthority: PEM });
  });

  it('is the copy rendered from it once the file is gone, and that is said', async () => {
    rendered(PEM);
    const { postgresAuthority, warnings } = await read();
    expect(postgresAuthority).toBe(PEM);
    expect(warnings).toEqual([expect.stringContaining(`${CA} is gone`)]);
  });

  it.each([
    ['nothing was rendered from it', () => undefined],
    [
      'the copy was edited by hand',
      () => {
        rendered(PEM, 'what was rendered');
      },
    ],
    [
      'the file is there and holds no certificate',
      () => {
        rendered(PEM);
        files.put(CA, 'no certificate');
      },
    ],
  ])('is an error where %s', async (_, arrange) => {
    arrange();
    const error = await rejectionOf(read());
    expect([error.code, error.exitCode]).toEqual(['FW-DB-CA-FILE', 2]);
  });
});
