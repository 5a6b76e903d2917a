import { beforeEach, describe, expect, it } from 'vitest';
import {
  containerOf,
  desiredWith,
  DIRECTORY,
  fileOf,
  withFile,
} from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { sha256 } from '../../render/digest.ts';
import type { FileChange } from '../../model/plan.ts';
import { writeBundle } from './bundle-actions.ts';
import { restoreBundle } from './restore-bundle.ts';
import { alignSecretPermissions, createSecrets } from './secret-permissions.ts';

const desired = desiredWith();
const OWNER = `${DIRECTORY}/secrets/postgres-owner-password`;
const CADDY = 'config/edge/Caddyfile';
let ports: FakePorts;
beforeEach(async () => {
  ports = fakePorts();
  await withSecrets();
});

/** What a plan makes before it writes any file. */
async function withSecrets(): Promise<void> {
  await ports.files.makeDirectory(`${DIRECTORY}/secrets`, 0o700);
  for (const { name } of desired.bundle.secrets)
    ports.files.put(`${DIRECTORY}/secrets/${name}`, 'made before\n', 0o600);
}
/** What was written since the nth change, permissions aside. */
const written = (since = 0): string[] =>
  ports.files.changes.slice(since).filter((change) => change.startsWith('write '));

const write = (changes: readonly FileChange[], wanted = desired, run = 'run-1'): Promise<void> =>
  writeBundle({ kind: 'WriteBundle', changes }, actionContext(ports, wanted, run));
const ALL: FileChange[] = desired.bundle.files.map(({ path }) => ({ path, change: 'create' }));
const update = (path: string): FileChange[] => [{ path, change: 'update' }];
const manifest = (): unknown => JSON.parse(ports.files.text(`${DIRECTORY}/state/manifest.json`)!);

describe('permissions', () => {
  it('are set in place: an edit stays, the bits of an administrator too, and an undo closes nothing', async () => {
    await write(ALL);
    const path = `${DIRECTORY}/${CADDY}`;
    const directory = `${DIRECTORY}/config/edge`;
    ports.files.put(path, 'by hand', 0o600);
    ports.files.directories.set(directory, 0o2700);
    const changes: FileChange[] = [
      { path: 'config/edge', change: 'permissions' },
      { path: CADDY, change: 'permissions' },
    ];
    await write(changes);
    expect(ports.files.tree.get(path)).toMatchObject({ content: 'by hand', mode: 0o644 });
    expect(ports.files.directories.get(directory)).toBe(0o2755);
    await restoreBundle(
      { kind: 'RestoreBundle', changes, services: [], oneShots: [] },
      actionContext(ports, desired),
    );
    expect(ports.files.tree.get(path)).toMatchObject({ content: 'by hand', mode: 0o644 });
  });
});

describe('secrets', () => {
  const create = (...names: string[]): Promise<void> =>
    createSecrets({ kind: 'CreateSecrets', names }, actionContext(ports, desired));

  const NAMES = desired.bundle.secrets.map(({ name }) => name);

  it('are made once, each another value, for nobody else to read', async () => {
    ports.files.tree.clear();
    await create(...NAMES);
    const made = NAMES.map((name) => ports.files.tree.get(`${DIRECTORY}/secrets/${name}`)!);
    expect(made.map(({ content }) => content)).toEqual(
      NAMES.map((_, index) => `secret-of-24-bytes-${index + 1}\n`),
    );
    for (const { mode } of made) expect(mode & 0o007).toBe(0);
    expect(ports.files.directories.get(`${DIRECTORY}/secrets`)).toBe(0o700);
  });

  it.each(['my own\n', ''])('that are there are never written again, even %j', async (content) => {
    ports.files.put(OWNER, content);
    await create(...NAMES);
    expect(ports.files.text(OWNER)).toBe(content);
  });

  async function aligned(root: boolean): Promise<string[]> {
    ports.host.root = root;
    ports.files.tree.clear();
    await create(...NAMES);
    await alignSecretPermissions(actionContext(ports, desired));
    return desired.bundle.secrets.map(({ name }) => {
      const { mode, uid, gid } = ports.files.tree.get(`${DIRECTORY}/secrets/${name}`)!;
      return `${name} ${mode.toString(8)} ${uid}:${gid}`;
    });
  }

  it('belong, as root, to their first reader, and the second reads through the group', async () => {
    expect(await aligned(true)).toEqual([
      'postgres-superuser-password 400 999:999',
      'postgres-owner-password 440 999:10001',
      'postgres-app-password 440 999:10001',
      'postgres-monitor-password 440 999:65534',
    ]);
    expect(ports.files.directories.get(`${DIRECTORY}/secrets`)).toBe(0o700);
  });

  it('are guarded by their directory where nothing can be given away', async () => {
    expect(new Set((await aligned(false)).map((line) => line.split(' ')[1]))).toEqual(
      new Set(['444']),
    );
    expect(ports.files.directories.get(`${DIRECTORY}/secrets`)).toBe(0o700);
  });
});

describe('writing the bundle', () => {
  it('writes what it is told with its mode, and puts all of it on record', async () => {
    await write(ALL);
    for (const { path, content, mode } of desired.bundle.files)
      expect(ports.files.tree.get(`${DIRECTORY}/${path}`)).toMatchObject({ content, mode });
    const rendered = desired.bundle.files.filter(({ ownership }) => ownership === 'rendered');
    expect(manifest()).toEqual({
      version: 1,
      files: Object.fromEntries(rendered.map(({ path, content }) => [path, sha256(content)])),
    });
  });

  it('writes nothing it was not told to', async () => {
    await write([{ path: '.env', change: 'create' }]);
    expect(written().filter((change) => !change.includes('/state/'))).toEqual([
      `write ${DIRECTORY}/.env`,
    ]);
  });

  it('writes factsway.yaml as it was resolved', async () => {
    await write([{ path: 'factsway.yaml', change: 'create' }]);
    expect(ports.files.text(`${DIRECTORY}/factsway.yaml`)).toBe('project: factsway\n');
  });

  it('keeps what it replaces, and puts the new content on record before it writes it', async () => {
    await write(ALL);
    const next = withFile(desired, CADDY, 'new');
    const before = ports.files.changes.length;
    await write(update(CADDY), next);
    expect(written(before)).toEqual([
      `write ${DIRECTORY}/state/previous/${CADDY}`,
      `write ${DIRECTORY}/state/previous/rendered.json`,
      `write ${DIRECTORY}/state/previous/manifest.json`,
      `write ${DIRECTORY}/state/manifest.json`,
      `write ${DIRECTORY}/state/rendered.json`,
      `write ${DIRECTORY}/${CADDY}`,
      `write ${DIRECTORY}/state/manifest.json`,
    ]);
    expect(ports.files.text(`${DIRECTORY}/state/previous/${CADDY}`)).toBe(fileOf(desired, CADDY));
  });

  it('keeps for good a copy of what somebody edited, and of nothing else', async () => {
    await write(ALL);
    ports.files.put(`${DIRECTORY}/${CADDY}`, 'mine');
    const changes = [...update(CADDY), ...update('.env')];
    await write(changes, withFile(desired, CADDY, 'new'), 'run-7');
    expect(ports.files.below(`${DIRECTORY}/state/edited`)).toEqual({
      [`${DIRECTORY}/state/edited/run-7/${CADDY}`]: 'mine',
    });
  });

  it('removes a file that is no longer part of it, and keeps it', async () => {
    await write(ALL);
    const files = desired.bundle.files.filter(({ path }) => path !== CADDY);
    const less = { ...desired, bundle: { ...desired.bundle, files } };
    await write([{ path: CADDY, change: 'delete' }], less);
    expect(ports.files.text(`${DIRECTORY}/${CADDY}`)).toBeUndefined();
    expect(ports.files.text(`${DIRECTORY}/state/previous/${CADDY}`)).toBe(fileOf(desired, CADDY));
    expect(JSON.stringify(manifest())).not.toContain(CADDY);
  });
});

describe('restoring the bundle', () => {
  it('puts back every file, to the byte, and the record of them', async () => {
    await write(ALL);
    const keep = (): Record<string, unknown> => ({
      ...Object.fromEntries(
        Object.entries(ports.files.below(DIRECTORY)).filter(([path]) => !path.includes('/state/')),
      ),
      manifest: manifest(),
    });
    const before = keep();
    const extra = { path: 'extra', content: 'x', mode: 0o644, ownership: 'rendered' as const };
    const files = [...desired.bundle.files.filter(({ path }) => path !== '.env'), extra].map(
      (file) => (file.path === CADDY ? { ...file, content: 'new' } : file),
    );
    const changes: FileChange[] = [
      { path: CADDY, change: 'update' },
      { path: 'extra', change: 'create' },
      { path: '.env', change: 'delete' },
    ];
    await write(changes, { ...desired, bundle: { ...desired.bundle, files } });
    expect(keep()).not.toEqual(before);
    await restoreBundle(
      { kind: 'RestoreBundle', changes, services: [], oneShots: [] },
      actionContext(ports, desired),
    );
    expect(keep()).toEqual(before);
  });

  it('keeps a script executable', async () => {
    const script = 'config/postgres-init/10-roles.sh';
    await write(ALL);
    await write(update(script), withFile(desired, script, 'new'));
    const changes = update(script);
    await restoreBundle(
      { kind: 'RestoreBundle', changes, services: [], oneShots: [] },
      actionContext(ports, desired),
    );
    expect(ports.files.tree.get(`${DIRECTORY}/${script}`)).toMatchObject({
      content: fileOf(desired, script),
      mode: 0o755,
    });
  });

  it('brings back the containers that ran from it and waits for them', async () => {
    const engine = new FakeEngine(desired);
    ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    await withSecrets();
    await write(ALL);
    const action = {
      kind: 'RestoreBundle',
      changes: [],
      services: ['edge', 'postgres'],
      oneShots: ['migrations-a'],
    } as const;
    await restoreBundle(action, actionContext(ports, desired));
    expect(engine.calls).toEqual([
      'create edge postgres',
      'create migrations-a',
      'start edge',
      'start postgres',
      'start migrations-a',
    ]);
    expect([...engine.containers.values()].map(({ state }) => state)).toEqual([
      'running',
      'running',
      'exited',
    ]);
  });

  it('leaves containers alone that were not replaced', async () => {
    const engine = new FakeEngine(desired);
    ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    await withSecrets();
    await write(ALL);
    const found = desired.catalog.workloads.map((workload) => containerOf(workload, desired));
    for (const container of found) engine.containers.set(container.id, container);
    const specs: Record<string, string> = { 'migrations-a': 'before' };
    for (const { service, spec } of found) specs[service] ??= spec;
    await restoreBundle(
      {
        kind: 'RestoreBundle',
        changes: [],
        services: ['edge', 'records-service-a'],
        specs,
        oneShots: ['migrations-a'],
      },
      actionContext(ports, desired),
    );
    expect(engine.calls).toEqual(['create migrations-a', 'start migrations-a']);
  });

  it('of which nothing was kept yet touches nothing: nothing had been changed', async () => {
    await write(ALL);
    await ports.files.remove(`${DIRECTORY}/state/previous/manifest.json`);
    const before = ports.files.changes.length;
    const changes = [...update(CADDY), { path: 'factsway.yaml', change: 'create' } as const];
    await restoreBundle(
      { kind: 'RestoreBundle', changes, services: ['edge'], oneShots: [] },
      actionContext(ports, desired),
    );
    expect(ports.files.changes.slice(before)).toEqual([]);
  });

  it('goes on with the other files when one cannot be written', async () => {
    await write(ALL);
    const changes = [...update(CADDY), ...update('.env')];
    const next = withFile(withFile(desired, CADDY, 'new'), '.env', 'new');
    await write(changes, next);
    ports.files.failOn(`write ${DIRECTORY}/${CADDY}`, new Error('full'));
    const action = { kind: 'RestoreBundle', changes, services: [], oneShots: [] } as const;
    await expect(restoreBundle(action, actionContext(ports, desired))).rejects.toThrow('full');
    expect(ports.files.text(`${DIRECTORY}/.env`)).toBe(fileOf(desired, '.env'));
  });

  it('has what runs take up its old configuration, and what does not read it at its start', async () => {
    const engine = FakeEngine.running(desired);
    ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    await withSecrets();
    await write(ALL);
    engine.change('container-prometheus', { state: 'exited', health: 'none' });
    const reloads = ['edge', 'prometheus'].map((service) => ({
      kind: 'ReloadConfig' as const,
      service,
      reload: { how: 'signal' as const, signal: 'SIGHUP' as const },
      configHash: `old-${service}`,
    }));
    await restoreBundle(
      { kind: 'RestoreBundle', changes: [], services: ['edge'], oneShots: [], reloads },
      actionContext(ports, desired),
    );
    expect(engine.calls).toEqual(['signal edge SIGHUP', 'create edge']);
    expect(JSON.parse(ports.files.text(`${DIRECTORY}/state/applied.json`)!)).toEqual({
      edge: 'old-edge',
      prometheus: 'old-prometheus',
    });
  });

  it('fails when a one-shot of the old definition does not end well', async () => {
    const engine = new FakeEngine(desired);
    ports = fakePorts({ docker: engine.docker, compose: engine.compose });
    await withSecrets();
    await write(ALL);
    engine.behaviours.set('migrations-a', () => ({ state: 'exited', exitCode: 1 }));
    const restoring = restoreBundle(
      { kind: 'RestoreBundle', changes: [], services: ['edge'], oneShots: ['migrations-a'] },
      actionContext(ports, desired),
    );
    await expect(restoring).rejects.toThrow('migrations-a ended with exit code 1');
  });
});

describe('a file that cannot be written', () => {
  it('is not told before every other one is done: an undo must not be overtaken', async () => {
    const [first = '', ...others] = ALL.map(({ path }) => `write ${DIRECTORY}/${path}`);
    ports.files.failOn(first, new Error('disk full'));
    const put = ports.files.write.bind(ports.files);
    ports.files.write = async (path, ...rest) => {
      if (!first.endsWith(path)) await new Promise((resolve) => setImmediate(resolve));
      return put(path, ...rest);
    };
    await expect(write(ALL)).rejects.toThrow('disk full');
    expect(written()).toEqual(expect.arrayContaining(others));
  });
});
