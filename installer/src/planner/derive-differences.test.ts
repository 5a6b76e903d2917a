import { describe, expect, it } from 'vitest';
import {
  desiredWith,
  fileOf,
  observedRunning,
  withContainers,
  withFile,
  without,
} from '../../../test/fakes/builders.ts';
import type { Observed } from '../model/observed.ts';
import { sha256 } from '../render/digest.ts';
import { deriveDifferences, type Evidence } from './derive-differences.ts';
import type { Desired } from './desired.ts';

const CADDY = 'config/edge/Caddyfile';
const SECRET = 'hunter2-hunter2';
const desired = desiredWith();
const running = observedRunning(desired);
const caddy = fileOf(desired, CADDY);
const edited = caddy.replace('{', '{ # by hand');

const texts = (wanted: Desired): Record<string, string> =>
  Object.fromEntries(wanted.bundle.files.map(({ path, content }) => [path, content]));

function evidenceOf(observed: Observed, given: Partial<Evidence> = {}): Evidence {
  return {
    instance: observed.instance,
    containers: observed.containers,
    images: observed.images,
    tree: [],
    onDisk: texts(desired),
    remembered: [texts(desired)],
    keys: [],
    mask: (text) => text.replaceAll(SECRET, '[secret]'),
    ...given,
  };
}

/** The running instance with one file on disk changed by somebody. */
function withEdit(path: string, content: string | undefined, given: Partial<Evidence> = {}) {
  const digests =
    content === undefined
      ? without(running.instance.digests, path)
      : { ...running.instance.digests, [path]: sha256(content) };
  const onDisk =
    content === undefined ? without(texts(desired), path) : { ...texts(desired), [path]: content };
  return evidenceOf(
    { ...running, instance: { ...running.instance, digests } },
    { onDisk, ...given },
  );
}

it('a container Compose was about to put in place of another is told', () => {
  const name = '0123456789ab_factsway-edge-1';
  const [first] = running.containers;
  const containers = [
    ...running.containers,
    ...(first ? [{ ...first, service: 'edge', name }] : []),
  ];
  expect(deriveDifferences(desired, evidenceOf({ ...running, containers })).containers).toEqual([
    { service: name, state: 'half-made' },
  ]);
});

it('an instance as it should be differs in nothing', () => {
  expect(deriveDifferences(desired, evidenceOf(running))).toEqual({
    keys: [],
    files: [],
    containers: [],
    secrets: [],
    notOurs: [],
  });
});

describe('a file', () => {
  it('edited by hand is shown against what was rendered', () => {
    const { files } = deriveDifferences(desired, withEdit(CADDY, edited));
    expect(files).toMatchObject([{ path: CADDY, state: 'edited' }]);
    expect(files[0]?.patches).toHaveLength(1);
    expect(files[0]?.patches[0]?.text).toMatch(
      /^--- .*Caddyfile {2}last rendered\n\+\+\+ .*Caddyfile {2}on disk\n@@[^]*\n-\{\n\+\{ # by hand\n/,
    );
  });

  it('that would change is shown as it is and as it would be', () => {
    const next = withFile(desired, CADDY, caddy.replace('{', '{ # new'));
    const { files } = deriveDifferences(next, evidenceOf(running));
    expect(files).toMatchObject([{ path: CADDY, state: 'outdated', patches: [{ of: 'change' }] }]);
    expect(files[0]?.patches[0]?.text).toContain('-{\n+{ # new\n');
  });

  it('that is both shows the edit and the change, each against the last rendering', () => {
    const next = withFile(desired, CADDY, caddy.replace('{', '{ # new'));
    const { files } = deriveDifferences(next, withEdit(CADDY, edited));
    expect(files).toMatchObject([
      { state: 'conflict', patches: [{ of: 'edit' }, { of: 'change' }] },
    ]);
    const [edit, change] = files[0]?.patches.map(({ text }) => text) ?? [];
    expect(edit).toContain('+{ # by hand');
    expect(edit).not.toContain('# new');
    expect(change).toContain('+{ # new');
    expect(change).not.toContain('# by hand');
  });

  it('that is both, of a rendering nobody remembers, is shown as it is and as it would be', () => {
    const next = withFile(desired, CADDY, caddy.replace('{', '{ # new'));
    const { files } = deriveDifferences(next, withEdit(CADDY, edited, { remembered: [] }));
    expect(files).toMatchObject([{ state: 'conflict', patches: [{ of: 'change' }] }]);
    expect(files[0]?.patches[0]?.text).toContain('-{ # by hand\n+{ # new\n');
  });

  it('that is remembered wrongly is not believed', () => {
    const next = withFile(desired, CADDY, 'new');
    const evidence = withEdit(CADDY, edited, { remembered: [{ [CADDY]: 'never written' }] });
    expect(deriveDifferences(next, evidence).files).toMatchObject([
      { patches: [{ of: 'change' }] },
    ]);
  });

  it('that somebody removed is missing', () => {
    const { files } = deriveDifferences(desired, withEdit(CADDY, undefined));
    expect(files).toEqual([{ path: CADDY, state: 'missing', patches: [] }]);
  });

  it('that is no longer part of the bundle would go', () => {
    const bundle = {
      ...desired.bundle,
      files: desired.bundle.files.filter(({ path }) => path !== CADDY),
    };
    const less = { ...desired, bundle };
    expect(deriveDifferences(less, evidenceOf(running)).files).toEqual([
      { path: CADDY, state: 'obsolete', patches: [] },
    ]);
    const { files } = deriveDifferences(less, withEdit(CADDY, edited));
    expect(files).toMatchObject([{ state: 'conflict', patches: [{ of: 'edit' }] }]);
  });

  it('of another program in our place is theirs', () => {
    const manifest = { version: 1 as const, files: {} };
    const instance = { ...running.instance, manifest, digests: { [CADDY]: sha256('theirs') } };
    const { files } = deriveDifferences(
      desired,
      evidenceOf({ ...running, instance }, { onDisk: { [CADDY]: 'theirs' } }),
    );
    expect(files.find(({ path }) => path === CADDY)?.state).toBe('foreign');
    expect(new Set(files.filter(({ path }) => path !== CADDY).map(({ state }) => state))).toEqual(
      new Set(['new']),
    );
  });

  it('with a secret in it shows the place and not the secret', () => {
    const { files } = deriveDifferences(desired, withEdit(CADDY, `${caddy}# ${SECRET}\n`));
    expect(files[0]?.patches[0]?.text).toContain('+# [secret]');
    expect(JSON.stringify(files)).not.toContain(SECRET);
  });

  it('with another secret in it differs, although nothing of it can be shown', () => {
    const next = withFile(desired, CADDY, `${caddy}# [secret]\n`);
    const { files } = deriveDifferences(
      next,
      withEdit(CADDY, `${caddy}# ${SECRET}\n`, { remembered: [] }),
    );
    expect(files[0]?.patches.at(-1)).toEqual({ of: 'change', text: '' });
  });

  it('that became another one altogether is not compared line by line', () => {
    const huge = Array.from({ length: 5000 }, (_, line) => `line ${line}`).join('\n');
    const { files } = deriveDifferences(desired, withEdit(CADDY, huge));
    expect(files[0]?.patches[0]?.text).toBe(`${CADDY}: too different to be shown`);
  });
});

describe('a container', () => {
  const states = (observed: Observed, wanted = desired) =>
    deriveDifferences(wanted, evidenceOf(observed)).containers?.map(
      ({ service, state }) => `${service} ${state}`,
    );

  it('that was made from another definition would be made again', () => {
    const changed = desiredWith({ images: { source: 'debian' }, edge: { httpPort: 8080 } });
    expect(states(running, changed)).toContain('edge definition');
  });

  it('is missing, be it one of them or all of a platform that is down', () => {
    expect(
      states(withContainers(running, ({ service }) => (service === 'edge' ? 'gone' : {}))),
    ).toEqual(['edge missing']);
    expect(states(withContainers(running, () => 'gone'))).toEqual(
      desired.catalog.workloads.map(({ id }) => `${id} missing`),
    );
  });

  it('that does not run would be started, with whatever configuration it has now', () => {
    const appliedConfig = { ...running.instance.appliedConfig, prometheus: 'old' };
    const stopped = withContainers(running, ({ service }) =>
      service === 'prometheus' ? { state: 'exited', health: 'none' } : {},
    );
    const instance = { ...running.instance, appliedConfig };
    expect(states({ ...stopped, instance })).toEqual(['prometheus stopped']);
  });

  it('that has not taken up its configuration would reload it', () => {
    const appliedConfig = { ...running.instance.appliedConfig, edge: 'old' };
    expect(states({ ...running, instance: { ...running.instance, appliedConfig } })).toEqual([
      'edge configuration',
    ]);
  });

  it('made before the override was changed is older than it', () => {
    const appliedConfig = { ...running.instance.appliedConfig, 'compose.override.yaml': 'old' };
    const found = states({ ...running, instance: { ...running.instance, appliedConfig } });
    expect(found).toHaveLength(16);
    expect(new Set(found?.map((one) => one.split(' ')[1]))).toEqual(new Set(['override']));
  });

  it('made from an image that was rebuilt under its name would be made again', () => {
    const [edge] = desired.catalog.workloads.filter(({ id }) => id === 'edge');
    const image = { ...running.images[edge!.image]!, id: 'sha256:another' };
    expect(states({ ...running, images: { ...running.images, [edge!.image]: image } })).toEqual([
      'edge image',
    ]);
  });

  it('nobody wants any more would go; one the customer added, and a kept slot, stay', () => {
    const [edge] = running.containers.filter(({ service }) => service === 'edge');
    const added = [
      { ...edge!, service: 'grafana' },
      { ...edge!, service: 'theirs', spec: '' },
      { ...edge!, service: 'records-service-b', slot: 'b' },
    ];
    expect(states({ ...running, containers: [...running.containers, ...added] })).toEqual([
      'grafana obsolete',
    ]);
  });

  it('of the same project from another directory is not looked at', () => {
    expect(
      states(withContainers(running, () => ({ workingDirectory: '/else', spec: 'x' }))),
    ).toEqual([]);
  });

  it('is unknown where no engine was asked', () => {
    const evidence = evidenceOf(running, { containers: null });
    expect(deriveDifferences(desired, evidence).containers).toBeNull();
  });
});

it('a secret is missing or empty', () => {
  const secrets = running.instance.secrets.filter((name) => name !== 'postgres-app-password');
  const instance = { ...running.instance, secrets, emptySecrets: ['postgres-owner-password'] };
  expect(deriveDifferences(desired, evidenceOf({ ...running, instance })).secrets).toEqual([
    { name: 'postgres-owner-password', state: 'empty' },
    { name: 'postgres-app-password', state: 'missing' },
  ]);
});

it('a secret whose container cannot read it differs, and so does a directory that is open', () => {
  const [secret] = desired.bundle.secrets;
  const secretAccess = {
    asRoot: true,
    directory: { mode: 0o755, uid: 0, gid: 0 },
    files: { [secret!.name]: { mode: 0, uid: 0, gid: 0 } },
  };
  const instance = { ...running.instance, secretAccess };
  expect(deriveDifferences(desired, evidenceOf({ ...running, instance })).secrets).toEqual([
    { name: 'secrets/', state: 'access' },
    { name: secret!.name, state: 'access' },
  ]);
});
