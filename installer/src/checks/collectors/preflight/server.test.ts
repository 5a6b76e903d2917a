import { describe, expect, it } from 'vitest';
import { fakeMachine, viewWith } from '../../../../../test/fakes/preflight.ts';
import { MemoryFiles } from '../../../../../test/fakes/memory-files.ts';
import { panicking } from '../../../../../test/fakes/panic.ts';
import type { Http } from '../../../ports/http.ts';
import type { Machine } from '../../../ports/machine.ts';
import { collectClock } from './clock.ts';
import { collectDirectory, collectDisks, collectLatency } from './disks.ts';
import { collectBoot } from './engine.ts';
import { collectMachine } from './machine.ts';
import { mountOf, readMounts } from './mounts.ts';

const MOUNTS = [
  '21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '30 21 0:40 / /opt rw - nfs4 server:/opt rw',
  String.raw`31 21 0:41 / /srv/my\040disk ro - tmpfs tmpfs rw`,
  '32 21 0:42 / /optional rw - xfs /dev/vdb rw',
  '',
].join('\n');

describe('the machine', () => {
  it('is read from the files of the kernel', async () => {
    const files = new MemoryFiles({
      '/proc/sys/vm/overcommit_memory': '2\n',
      '/proc/sys/fs/file-nr': '1504\t0\t999999\n',
      '/var/run/docker.pid': '812',
      '/proc/812/limits':
        'Limit  Soft Limit Hard Limit Units\nMax open files            1024                 524288               files\n',
    });
    expect(await collectMachine(viewWith({ ports: { files } }))).toMatchObject({
      system: 'linux',
      overcommit: 2,
      openFiles: { open: 1504, most: 999_999 },
      engineOpenFiles: 1024,
    });
  });

  it('whose kernel tells nothing has facts without those numbers', async () => {
    expect(await collectMachine(viewWith())).toMatchObject({
      overcommit: undefined,
      openFiles: undefined,
      engineOpenFiles: undefined,
    });
  });

  it('without a limit for the engine may open as many files as it likes', async () => {
    const files = new MemoryFiles({
      '/var/run/docker.pid': '812\n',
      '/proc/812/limits': 'Max open files            unlimited   unlimited   files\n',
    });
    const { engineOpenFiles } = await collectMachine(viewWith({ ports: { files } }));
    expect(engineOpenFiles).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('mounts', () => {
  const at = async (path: string) =>
    mountOf(path, await readMounts(new MemoryFiles({ '/proc/self/mountinfo': MOUNTS })));

  it.each([
    ['/var/lib/docker', 'ext4', false],
    ['/opt/factsway', 'nfs4', false],
    ['/opt', 'nfs4', false],
    ['/optional/x', 'xfs', false],
    ['/srv/my disk/x', 'tmpfs', true],
  ])('%s lies on %s, read-only: %s', async (path, type, readOnly) => {
    expect(await at(path)).toMatchObject({ type, readOnly });
  });

  it('are unknown where there is no /proc', async () => {
    expect(await readMounts(new MemoryFiles())).toEqual([]);
    expect(mountOf('/x', [])).toBeUndefined();
  });
});

describe('disks', () => {
  it('are that of the instance and that of Docker, with their mounts', async () => {
    const files = new MemoryFiles({ '/proc/self/mountinfo': MOUNTS });
    const { places } = await collectDisks(viewWith({ ports: { files } }));
    expect(places.map(({ use, path, type }) => [use, path, type])).toEqual([
      ['instance', '/opt', 'nfs4'],
      ['docker', '/var/lib/docker', 'ext4'],
    ]);
  });

  it('are only that of the instance when no engine answers, or it is elsewhere', async () => {
    const view = viewWith();
    const uses = async (fact: typeof view.fact) =>
      (await collectDisks({ ...view, fact })).places.map(({ use }) => use);
    expect(await uses(() => Promise.reject(new Error('no engine')))).toEqual(['instance']);
    const away = { ...(await view.fact('engine')), rootIsHere: false };
    expect(await uses((() => Promise.resolve(away)) as typeof view.fact)).toEqual(['instance']);
  });

  it('that are one are measured once; one that refuses tells nothing', async () => {
    const asked: string[] = [];
    const machine = fakeMachine({
      writeLatencies: async (directory) => {
        asked.push(directory);
        throw new Error('EACCES');
      },
    });
    expect(await collectLatency(viewWith({ ports: { machine } }))).toEqual({
      places: [{ path: '/opt', samplesMs: [] }],
    });
    expect(asked).toEqual(['/opt']);
  });
});

describe('the instance directory', () => {
  it('that is still to be made is judged by the one above it', async () => {
    expect(await collectDirectory(viewWith())).toMatchObject({
      kind: 'absent',
      nearest: '/opt',
      writable: true,
      release: undefined,
    });
  });

  it('below a file is as impossible as in its place', async () => {
    const machine = fakeMachine({
      kindOf: async (path) => (path === '/opt' ? 'file' : 'absent'),
    });
    expect((await collectDirectory(viewWith({ ports: { machine } }))).kind).toBe('file');
  });

  it('of an instance tells its release; a damaged record tells none', async () => {
    const release = async (text: string) => {
      const files = new MemoryFiles({ '/opt/factsway/state/release.json': text });
      return (await collectDirectory(viewWith({ ports: { files } }))).release;
    };
    expect(await release('{"version":"1.0.0","slot":"a"}')).toBe('1.0.0');
    expect(await release('{"vers')).toBeUndefined();
  });
});

describe('Docker at boot', () => {
  const boot = async (states: Readonly<Record<string, string>>) => {
    const files = new MemoryFiles({ '/run/systemd/system/x': '' });
    files.directories.set('/run/systemd/system', 0o755);
    const machine = fakeMachine({
      ask: async ([, , unit = '']) => {
        const state = states[unit] ?? 'not-found';
        return { exitCode: state === 'enabled' ? 0 : 1, stdout: `${state}\n` };
      },
    });
    return collectBoot(viewWith({ ports: { files, machine } }));
  };

  it('is what systemd says of the package, or of the snap', async () => {
    expect(await boot({ 'docker.service': 'enabled' })).toMatchObject({ state: 'enabled' });
    expect(await boot({ 'docker.service': 'disabled' })).toMatchObject({ state: 'disabled' });
    expect(await boot({ 'snap.docker.dockerd.service': 'enabled' })).toEqual({
      state: 'enabled',
      unit: 'snap.docker.dockerd.service',
    });
    expect((await boot({})).state).toContain('not installed');
  });

  it('is not known without systemd, even where systemctl answers', async () => {
    const machine = panicking<Machine>('machine');
    expect((await collectBoot(viewWith({ ports: { machine } }))).state).toBeUndefined();
  });
});

describe('the clock', () => {
  type Answers = Readonly<Record<string, { exitCode: number; stdout: string }>>;
  const kept = async (answers: Answers) => {
    const machine = fakeMachine({ ask: async ([program = '']) => answers[program] });
    return (await collectClock(viewWith({ ports: { machine } }))).synchronised;
  };
  const systemd = (stdout: string) => ({ timedatectl: { exitCode: 0, stdout } });
  const chrony = (leap: string) => ({
    chronyc: {
      exitCode: 0,
      stdout: `A,1.2.3.4,2,1700000000.1,0.0,0.0,0.0,1,1,1,1,1,64.0,${leap}\n`,
    },
  });

  it('is kept right where timedatectl or chronyc says so', async () => {
    expect(await kept(systemd('yes\n'))).toEqual({ yes: true, source: 'timedatectl' });
    expect(await kept(systemd('no\n'))).toEqual({ yes: false, source: 'timedatectl' });
    expect(await kept(chrony('Normal'))).toEqual({ yes: true, source: 'chronyc' });
    expect(await kept(chrony('Not synchronised'))).toEqual({ yes: false, source: 'chronyc' });
    expect(await kept({ ...systemd('no\n'), ...chrony('Normal') })).toMatchObject({ yes: true });
  });

  it('of whom nobody answers, or answers well, is unknown', async () => {
    expect(await kept({})).toBeUndefined();
    expect(await kept({ timedatectl: { exitCode: 1, stdout: '' } })).toBeUndefined();
  });

  const registry = async (
    images: object,
    http: Partial<Http>,
    resolve: string[] = ['192.0.2.7'],
  ) => {
    const machine = fakeMachine({ resolve: async () => resolve });
    const ports = { machine, http: panicking('http', http) };
    return (await collectClock(viewWith({ settings: { images }, ports }))).registry;
  };
  const answering = (date: string, asked: string[] = []): Partial<Http> => ({
    request: async ({ url, connectTo }) => {
      asked.push(`${url} at ${connectTo ?? ''}`);
      return { status: 401, headers: { date }, body: '' };
    },
  });
  const PRIVATE = { source: 'upstream', registry: 'registry.example.com/factsway' };

  it('is compared with that of the registry, whatever it answers', async () => {
    const asked: string[] = [];
    const found = await registry(PRIVATE, answering('Thu, 01 Jan 2026 03:04:05 GMT', asked));
    expect(found).toMatchObject({ host: 'registry.example.com', theirsMs: 1767236645000 });
    expect(asked).toEqual(['https://registry.example.com/v2/ at 192.0.2.7']);
  });

  it('is asked without TLS where the registry is on this machine', async () => {
    const asked: string[] = [];
    const local = { source: 'upstream', registry: '127.0.0.1:5000/factsway' };
    await registry(local, answering('Thu, 01 Jan 2026 03:04:05 GMT', asked));
    expect(asked).toEqual(['http://127.0.0.1:5000/v2/ at 192.0.2.7']);
  });

  it('is compared with nobody where no registry is used, known or answering', async () => {
    expect(await registry({ source: 'debian' }, {})).toBeUndefined();
    expect(await registry(PRIVATE, {}, [])).toBeUndefined();
    expect(await registry(PRIVATE, answering('yesterday'))).toBeUndefined();
    const silent = { request: () => Promise.reject(new Error('no answer')) };
    expect(await registry(PRIVATE, silent)).toBeUndefined();
  });
});
