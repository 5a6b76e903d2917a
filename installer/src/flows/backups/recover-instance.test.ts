import { describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { MemoryFiles } from '../../../../test/fakes/memory-files.ts';
import { fakeMachine } from '../../../../test/fakes/preflight.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { ExecResult } from '../../ports/docker.ts';
import { readInstance } from './copy-instance.ts';
import { recoverInstance } from './recover-instance.ts';
import { refuseRecovering } from './recovering.ts';

const SETTINGS = {
  images: { source: 'debian' },
  host: { name: 'factsway.firm.example' },
  backup: { mode: 'on', s3: { bucket: 'firm-backups' } },
};
const FOUND = {
  'factsway.yaml':
    'apiVersion: factsway/v2\nhost:\n  name: factsway.firm.example\nimages:\n  source: debian\n',
  'secrets/postgres-app-password': 'p$:{}"\n',
  'secrets/backup-key': 'never leaves by this way',
  'state/lock': '1',
  'state/journal.jsonl': '{}',
  'state/previous/compose.yaml': 'old',
  'state/release.json': '{"version":"1.0.0","slot":"a"}',
};

async function copyOf(files: Readonly<Record<string, string>> = FOUND): Promise<string> {
  const there = Object.entries(files).map(([path, text]) => [`${DIRECTORY}/${path}`, text]);
  const memory = new MemoryFiles(Object.fromEntries(there) as Record<string, string>);
  const now = new Date('2026-11-20T10:00:00Z');
  return JSON.stringify(await readInstance(DIRECTORY, now, memory));
}

/** A new server on which the keeper says this when it is asked for the copy. */
function newServer(answer: Partial<ExecResult>, volumes: readonly string[] = []) {
  const engine = new FakeEngine(desiredWith(SETTINGS));
  for (const volume of volumes) engine.volumes.add(volume);
  const asked: { argv: readonly string[]; input: string; reads?: readonly object[] }[] = [];
  const ports = fakePorts({
    compose: engine.compose,
    docker: {
      ...engine.docker,
      info: () => engine.docker.info(),
      images: (references) => engine.docker.images(references),
      volumes: (project) => engine.docker.volumes(project),
      runApart: async (_image, argv, { input, reads }) => {
        asked.push({ argv, input, ...(reads === undefined ? {} : { reads }) });
        return { exitCode: 0, stdout: '', stderr: '', ...answer };
      },
    },
  });
  for (const [name, text] of [
    ['key', 'the key\n'],
    ['id', 'firm'],
    ['secret', 'opens it'],
  ] as const)
    ports.files.put(`/root/${name}`, text);
  const before = ports.files.changes.length;
  return { ports, asked, changed: () => ports.files.changes.slice(before) };
}

const REQUEST = {
  directory: DIRECTORY,
  sets: ['backup.s3.bucket=firm-backups', 'images.source=debian'],
  keyFile: '/root/key',
  accessKeyIdFile: '/root/id',
  secretAccessKeyFile: '/root/secret',
  consent: { yes: true, dryRun: true },
};

describe('a copy of the instance directory', () => {
  it('has what another server needs, and neither its own key nor what is about this run', async () => {
    const copy = JSON.parse(await copyOf()) as { files: { path: string; content: string }[] };
    expect(copy.files.map(({ path }) => path).sort()).toEqual([
      'factsway.yaml',
      'secrets/postgres-app-password',
      'state/release.json',
    ]);
    const secret = copy.files.find(({ path }) => path.startsWith('secrets/'));
    expect(Buffer.from(secret?.content ?? '', 'base64').toString()).toBe('p$:{}"\n');
  });
});

describe('a lost server', () => {
  it('is found by its bucket and its key, which no list of processes ever has', async () => {
    const { ports, asked, changed } = newServer({ stdout: await copyOf() });
    const { madeAt, restored } = await recoverInstance(REQUEST, ports);
    expect([madeAt, restored]).toEqual(['2026-11-20T10:00:00.000Z', undefined]);
    expect(asked[0]?.argv.join(' ')).toBe('instance-fetch --place s3 --name latest');
    expect(JSON.parse(asked[0]?.input ?? '')).toMatchObject({
      key: 'the key',
      s3KeyId: 'firm',
      s3Secret: 'opens it',
    });
    expect(changed()).toEqual([]);
  });

  it.each([
    ['that says why', '{"event":"error","code":"FW-RESTORE-KEY","message":"no"}', 'FW-RESTORE-KEY'],
    ['that does not', 'docker: no', 'FW-RECOVER-COPY'],
  ])('whose backups do not open, by a keeper %s, stays as it is', async (_what, stderr, code) => {
    const { ports, changed } = newServer({ exitCode: 1, stderr });
    expect((await rejectionOf(recoverInstance(REQUEST, ports))).code).toBe(code);
    expect(changed()).toEqual([]);
  });

  it('is not built from a copy that reaches out of its directory, or is none', async () => {
    const escaping = (await copyOf()).replace('"state/release.json"', '"../etc/passwd"');
    for (const stdout of [escaping, '', '{"version":2}', await copyOf({ 'a.txt': 'x' })]) {
      const { ports, changed } = newServer({ stdout });
      expect((await rejectionOf(recoverInstance(REQUEST, ports))).code).toBe('FW-RECOVER-COPY');
      expect(changed()).toEqual([]);
    }
  });

  it('is not built where there is an instance, or data of one', async () => {
    const { ports } = newServer({ stdout: await copyOf() }, ['postgres-data-2']);
    const data = await rejectionOf(recoverInstance(REQUEST, ports));
    expect([data.code, data.hint]).toEqual([
      'FW-RECOVER-NOT-EMPTY',
      expect.stringContaining('docker volume rm factsway_postgres-data-2'),
    ]);
    const { ports: other } = newServer({});
    other.files.put(`${DIRECTORY}/factsway.yaml`, 'project: factsway\n');
    expect((await rejectionOf(recoverInstance(REQUEST, other))).code).toBe('FW-RECOVER-NOT-EMPTY');
  });

  it.each([
    [{ keyFile: undefined }, 'the key of the backups'],
    [{ keyFile: '/root/none' }, '/root/none does not exist'],
    [{ sets: ['images.source=debian'] }, 'where the backups are'],
  ])('needs to be told what opens it (%j)', async (change, said) => {
    const { ports } = newServer({ stdout: await copyOf() });
    const error = await rejectionOf(recoverInstance({ ...REQUEST, ...change }, ports));
    expect([error.code, error.message]).toEqual(['FW-USAGE', expect.stringContaining(said)]);
  });

  describe('whose backups are on a disk that outlived it', () => {
    const DISK = '/mnt/backups/firm';
    const request = {
      ...REQUEST,
      sets: [`backup.local.directory=${DISK}`, 'images.source=debian'],
      accessKeyIdFile: undefined,
      secretAccessKeyFile: undefined,
    };
    const keptIn = (directory: string | undefined) =>
      copyOf({
        'factsway.yaml': `${FOUND['factsway.yaml']}${directory === undefined ? '' : `backup:\n  mode: on\n  local:\n    directory: ${directory}\n`}`,
      });
    const withDisk = (stdout: string, kind: 'directory' | 'absent' = 'directory') => {
      const server = newServer({ stdout });
      const status = { mode: 0o700, uid: 999, gid: 999, size: 0, inode: 1 };
      server.ports.files.stat = async () => status;
      return {
        ...server,
        ports: { ...server.ports, machine: fakeMachine({ kindOf: async () => kind }) },
      };
    };

    it('is found there by the key alone, and nothing is written to the disk', async () => {
      const { ports, asked } = withDisk(await keptIn(DISK));
      expect((await recoverInstance(request, ports)).madeAt).toBe('2026-11-20T10:00:00.000Z');
      expect(asked[0]?.argv.join(' ')).toBe('instance-fetch --place local --name latest');
      expect(asked[0]?.reads).toEqual([
        { directory: DISK, mount: '/var/lib/factsway-backup/local' },
      ]);
    });

    it.each([
      ['/mnt/elsewhere', '--set backup.local.directory=/mnt/elsewhere'],
      [undefined, 'disaster-recovery.md'],
    ])('is not built where the instance would look for them in %s', async (directory, hint) => {
      const { ports } = withDisk(await keptIn(directory));
      const error = await rejectionOf(recoverInstance(request, ports));
      expect([error.code, error.hint]).toEqual(['FW-RECOVER-PLACE', expect.stringContaining(hint)]);
    });

    it('waits for the disk to be there', async () => {
      const { ports, asked } = withDisk(await keptIn(DISK), 'absent');
      expect((await rejectionOf(recoverInstance(request, ports))).code).toBe('FW-BACKUP-DIRECTORY');
      expect(asked).toEqual([]);
    });
  });

  it('that is not built to the end is started by nothing else', async () => {
    const { ports } = newServer({});
    await refuseRecovering(DIRECTORY, ports.files);
    const state = { stage: 'database', place: 's3', madeAt: '2026-11-20T10:00:00Z' };
    ports.files.put(`${DIRECTORY}/state/recovering.json`, JSON.stringify(state));
    const error = await rejectionOf(refuseRecovering(DIRECTORY, ports.files));
    expect([error.code, error.hint]).toEqual([
      'FW-RECOVER-UNFINISHED',
      expect.stringContaining('factsway-install recover'),
    ]);
  });
});
