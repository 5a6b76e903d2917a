import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { AUTHORITY_FILES, readAuthority } from '../backups/edge-authority.ts';
import { bringAuthority } from './bring-authority.ts';

const PKI = '/data/caddy/pki/authorities/local';
const desired = desiredWith();
const at = (path: string): string => `${DIRECTORY}/${path}`;
let volume: Map<string, string>;
let engine: FakeEngine;
let ports: FakePorts;

beforeEach(() => {
  engine = FakeEngine.running(desired);
  volume = new Map([
    [`${PKI}/root.crt`, 'its own'],
    [`${PKI}/root.key`, 'its own key'],
    [`${PKI}/intermediate.crt`, 'signed by its own'],
  ]);
  ports = fakePorts({
    docker: {
      ...engine.docker,
      exec: async (_id, argv, input) => {
        const path = argv.at(-1) ?? '';
        if (argv[0] === 'sh') volume.set(path, input ?? '');
        if (argv[0] === 'rm') for (const name of argv.slice(1)) volume.delete(name);
        const found = argv[0] !== 'cat' || volume.has(path);
        return { exitCode: found ? 0 : 1, stdout: volume.get(path) ?? '', stderr: '' };
      },
    },
  });
});

const bring = (): Promise<void> =>
  bringAuthority({ kind: 'BringAuthority', service: 'edge' }, actionContext(ports, desired));
const came = (): void => {
  ports.files.put(at(AUTHORITY_FILES.certificate), 'the firm’s');
  ports.files.put(at(AUTHORITY_FILES.key), 'the firm’s key');
};

describe('the authority of the edge', () => {
  it('goes into a copy with its key, for nobody else to read', async () => {
    const files = await readAuthority('factsway', ports.docker);
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      ['state/authority/root.crt', 0o600],
      ['state/authority/root.key', 0o600],
    ]);
    expect(Buffer.from(files[1]?.content ?? '', 'base64').toString()).toBe('its own key');
  });

  it('is in no copy where there is none', async () => {
    volume.clear();
    expect(await readAuthority('factsway', ports.docker)).toEqual([]);
  });

  it('of a lost server takes the place of the one that the new one made, and leaves no key behind', async () => {
    came();
    await bring();
    expect(Object.fromEntries(volume)).toEqual({
      [`${PKI}/root.crt`]: 'the firm’s',
      [`${PKI}/root.key`]: 'the firm’s key',
    });
    expect(engine.calls).toContain('stop edge');
    expect(ports.files.text(at('state/root-ca.crt'))).toBe('the firm’s');
    expect(ports.files.text(at(AUTHORITY_FILES.key))).toBeUndefined();
  });

  it('stays at hand until the edge has taken it', async () => {
    came();
    const { docker } = ports;
    docker.start = async (id) => {
      await engine.docker.start(id);
      volume.set(`${PKI}/root.crt`, 'another one');
    };
    expect((await rejectionOf(bring())).code).toBe('FW-NOT-HEALTHY');
    expect(ports.files.text(at(AUTHORITY_FILES.key))).toBe('the firm’s key');
    expect(ports.files.text(at('state/root-ca.crt'))).toBeUndefined();
  });
});
