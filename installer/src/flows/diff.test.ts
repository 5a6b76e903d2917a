import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { countDifferences } from '../model/differences.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';
import { apply } from './apply.ts';
import { desire } from './desire.ts';
import { diff } from './diff.ts';

const CADDY = `${DIRECTORY}/config/edge/Caddyfile`;
const CONFIG = `${DIRECTORY}/factsway.yaml`;
let engine: FakeEngine;
let ports: FakePorts;

async function install(overwrite = false): Promise<void> {
  const request = { directory: DIRECTORY, sets: ['images.source=debian'] };
  engine.desired = await desire(request, ports);
  const options = { title: 'Install', overwrite, renderOnly: false };
  await apply(
    { ...request, command: 'install', options, consent: { yes: true, dryRun: false } },
    ports,
  );
}
const edit = (path: string, from: string, to: string): void => {
  const before = ports.files.text(path)!;
  expect(before).toContain(from);
  ports.files.put(path, before.replace(from, to));
};

beforeEach(async () => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
  await install();
});

it('after an installation nothing differs, and looking changes nothing', async () => {
  const changes = ports.files.changes.length;
  expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
  expect(ports.files.changes.length).toBe(changes);
});

it('a file no container can read is named, and up opens it', async () => {
  await ports.files.setMode(CADDY, 0o600);
  const { files } = await diff(DIRECTORY, ports);
  expect(files).toEqual([{ path: 'config/edge/Caddyfile', state: 'permissions', patches: [] }]);
  await install();
  expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
});

it('a secret no container can read is named, and up gives it back', async () => {
  const path = `${DIRECTORY}/secrets/postgres-app-password`;
  await ports.files.setOwner(path, 12345, 12345);
  await ports.files.setMode(`${DIRECTORY}/secrets`, 0o755);
  expect((await diff(DIRECTORY, ports)).secrets).toEqual([
    { name: 'secrets/', state: 'access' },
    { name: 'postgres-app-password', state: 'access' },
  ]);
  engine.calls.length = 0;
  await install();
  expect(engine.calls).toEqual([]);
  expect(ports.files.tree.get(path)?.uid).not.toBe(12345);
  expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
});

it('an image rebuilt under its name is named, and up makes its container again', async () => {
  const { image } = engine.desired.catalog.workloads.find(({ id }) => id === 'prometheus')!;
  engine.rebuilt.set(image, 'sha256:another');
  expect((await diff(DIRECTORY, ports)).containers).toEqual([
    { service: 'prometheus', state: 'image' },
  ]);
  engine.calls.length = 0;
  await install();
  expect(engine.calls).toEqual(['create prometheus', 'start prometheus']);
  expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
});

describe('a key of factsway.yaml', () => {
  it('that was edited is named with what it was, and what it changes', async () => {
    edit(CONFIG, 'httpPort: 80', 'httpPort: 8080');
    const found = await diff(DIRECTORY, ports);
    expect(found.keys).toEqual([{ key: 'edge.httpPort', before: '80', after: '8080' }]);
    expect(found.files.map(({ path, state }) => [path, state])).toContainEqual([
      'compose.yaml',
      'outdated',
    ]);
    expect(found.containers).toContainEqual({ service: 'edge', state: 'definition' });
    await install();
    expect(await diff(DIRECTORY, ports)).toMatchObject({ keys: [], files: [], containers: [] });
  });

  it('that names another project is why no container is looked at', async () => {
    edit(CONFIG, 'project: factsway', 'project: another');
    const found = await diff(DIRECTORY, ports);
    expect(found.containers).toBeNull();
    expect(found.engine).toContain('belong to "factsway", and up refuses to change that');
    expect(found.engine).toContain('--set project=factsway');
    expect(found.keys).toEqual([{ key: 'project', before: 'factsway', after: 'another' }]);
  });

  it('is no difference where only its comment is another', async () => {
    edit(CONFIG, 'httpPort: 80', 'httpPort: 80 # the firewall knows');
    const found = await diff(DIRECTORY, ports);
    expect([found.keys, countDifferences(found)]).toEqual([[], 0]);
  });

  it('cannot be named where the last rendering is not on record, or not readable any more', async () => {
    ports.files.put(`${DIRECTORY}/state/rendered.json`, JSON.stringify({ files: {}, config: '{' }));
    expect((await diff(DIRECTORY, ports)).keys).toBeNull();
    ports.files.tree.delete(`${DIRECTORY}/state/rendered.json`);
    expect((await diff(DIRECTORY, ports)).keys).toBeNull();
  });
});

describe('a hand edit', () => {
  it('is seen, is not overwritten by an update that has something new for the file, and is told from it', async () => {
    edit(CADDY, '{', '{ # by hand');
    expect((await diff(DIRECTORY, ports)).files).toMatchObject([{ state: 'edited' }]);
    await install();
    expect(ports.files.text(CADDY)).toContain('# by hand');

    edit(CADDY, 'response_header_timeout 120s', 'response_header_timeout 99s');
    edit(CONFIG, 'httpPort: 80', 'httpPort: 80\n  requestTimeoutSeconds: 77');
    const [caddy] = (await diff(DIRECTORY, ports)).files.filter(({ path }) =>
      path.endsWith('Caddyfile'),
    );
    expect(caddy).toMatchObject({ state: 'conflict', patches: [{ of: 'edit' }, { of: 'change' }] });
    expect((await rejectionOf(install())).code).toBe('FW-DRIFT');
    expect(ports.files.text(CADDY)).toContain('# by hand');

    await install(true);
    expect(ports.files.text(CADDY)).not.toContain('# by hand');
    const kept = Object.entries(ports.files.below(`${DIRECTORY}/state/edited`));
    expect(kept).toEqual([
      [expect.stringMatching(/Caddyfile$/), expect.stringContaining('# by hand')],
    ]);
    expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
  });

  it('apart from what is new in the file stays in it, and shows as before', async () => {
    edit(CADDY, '{', '{ # by hand');
    edit(CONFIG, 'httpPort: 80', 'httpPort: 80\n  requestTimeoutSeconds: 77');
    const caddyOf = async () =>
      (await diff(DIRECTORY, ports)).files.find(({ path }) => path.endsWith('Caddyfile'));
    expect(await caddyOf()).toMatchObject({
      state: 'merge',
      patches: [{ of: 'edit' }, { of: 'change' }],
    });
    await install();
    expect(ports.files.text(CADDY)).toContain('{ # by hand');
    expect(ports.files.text(CADDY)).toContain('response_header_timeout 77s');
    const after = await caddyOf();
    expect(after).toMatchObject({ state: 'edited', patches: [{ of: 'edit' }] });
    expect(after?.patches[0]?.text).toContain('+{ # by hand');
    expect(after?.patches[0]?.text).not.toContain('77s');
  });

  it('shows no secret, nor a login in an address', async () => {
    const secret = ports.files.text(`${DIRECTORY}/secrets/postgres-app-password`)!.trim();
    ports.files.put(CADDY, `${ports.files.text(CADDY)!}# ${secret} http://u:opensesame@proxy\n`);
    const found = JSON.stringify(await diff(DIRECTORY, ports));
    expect(found).toContain('# [secret] http://[secret]@proxy');
    expect(found).not.toContain(secret);
    expect(found).not.toContain('opensesame');
  });

  it('to a file that was put back after a failed run is told from that run', async () => {
    edit(CONFIG, 'httpPort: 80', 'httpPort: 8080\n  requestTimeoutSeconds: 77');
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'unhealthy' }));
    await rejectionOf(install());
    edit(CONFIG, 'httpPort: 8080', 'httpPort: 8081');
    edit(CADDY, '{', '{ # by hand');
    edit(CADDY, 'response_header_timeout 120s', 'response_header_timeout 99s');
    const [caddy] = (await diff(DIRECTORY, ports)).files.filter(({ path }) =>
      path.endsWith('Caddyfile'),
    );
    expect(caddy).toMatchObject({ state: 'conflict', patches: [{ of: 'edit' }, { of: 'change' }] });
    expect((await diff(DIRECTORY, ports)).keys).toEqual([
      { key: 'edge.httpPort', before: '80', after: '8081' },
      { key: 'edge.requestTimeoutSeconds', before: '120', after: '77' },
    ]);
  });
});

describe('without an engine', () => {
  const away = (code: 'FW-DOCKER-UNREACHABLE' | 'FW-DOCKER-COMMAND') =>
    panicking<Docker>('docker', {
      containers: () => Promise.reject(new FactswayError(code, 'No Docker Engine answers.', '')),
    });

  it('files are compared all the same, and it says that containers were not', async () => {
    edit(CADDY, '{', '{ # by hand');
    const found = await diff(DIRECTORY, { ...ports, docker: away('FW-DOCKER-UNREACHABLE') });
    expect(found).toMatchObject({
      engine: 'No Docker Engine answers.',
      containers: null,
      files: [{ state: 'edited' }],
    });
  });

  it('any other trouble with it is an error', async () => {
    const docker = away('FW-DOCKER-COMMAND');
    expect((await rejectionOf(diff(DIRECTORY, { ...ports, docker }))).code).toBe(
      'FW-DOCKER-COMMAND',
    );
  });
});

it('a directory without an instance is refused', async () => {
  expect((await rejectionOf(diff('/nowhere', ports))).code).toBe('FW-NO-INSTANCE');
});

it('a factsway.yaml of an older form is shown with what up makes of it, comments and all', async () => {
  edit(CONFIG, 'apiVersion: factsway/v2', 'apiVersion: factsway/v1 # ours');
  const found = await diff(DIRECTORY, ports);
  const [file, ...others] = found.files;
  expect([file?.path, file?.state, others]).toEqual(['factsway.yaml', 'older-form', []]);
  expect(file?.patches[0]?.text).toContain('+apiVersion: factsway/v2 # ours');
  expect(found.keys).toEqual([]);
  await install();
  expect(countDifferences(await diff(DIRECTORY, ports))).toBe(0);
});
