import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY, imagesOf } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { panicking } from '../../../../test/fakes/panic.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Compose } from '../../ports/compose.ts';
import type { Docker } from '../../ports/docker.ts';
import { NothingDone } from '../nothing-done.ts';
import type { ActionContext } from './action-context.ts';
import {
  checkImageVersions,
  createContainers,
  pullImage,
  recordRelease,
  removeContainers,
  saveRootCertificate,
  startComponents,
  stopComponents,
} from './container-actions.ts';
import { reloadConfig, reloadSoundConfig } from './reload-config.ts';

const desired = desiredWith();
const APPLIED = `${DIRECTORY}/state/applied.json`;
let engine: FakeEngine;
let ports: FakePorts;
let context: ActionContext;

beforeEach(() => {
  engine = FakeEngine.running(desired);
  use({});
});

/** The engine with some calls answered differently. */
function use(docker: Partial<Docker>): void {
  ports = fakePorts({ docker: panicking('docker', { ...engine.docker, ...docker }) });
  context = actionContext(ports, desired);
}
const applied = (): unknown => JSON.parse(ports.files.text(APPLIED) ?? 'null');

describe('reloading a configuration', () => {
  const edge = {
    kind: 'ReloadConfig',
    service: 'edge',
    reload: { how: 'exec', argv: ['caddy', 'reload'] },
    configHash: 'new',
  } as const;

  it('by a signal or by a program inside, and it is remembered', async () => {
    const signal = { how: 'signal', signal: 'SIGHUP' } as const;
    await reloadConfig({ ...edge, service: 'prometheus', reload: signal }, context);
    await reloadConfig(edge, context);
    expect(engine.calls).toEqual(['signal prometheus SIGHUP', 'exec edge caddy']);
    expect(applied()).toEqual({ prometheus: 'new', edge: 'new' });
  });

  it('whose files are broken is not begun: a signal is answered by nobody', async () => {
    const prometheus = {
      ...edge,
      service: 'prometheus',
      reload: { how: 'signal', signal: 'SIGHUP' },
    } as const;
    await reloadSoundConfig(prometheus, context);
    expect(engine.calls).toEqual(['exec prometheus promtool', 'signal prometheus SIGHUP']);
    use({
      exec: async () => ({
        exitCode: 1,
        stdout: '',
        stderr: '/etc/prometheus/rules/alerts.yml: line 3\n',
      }),
    });
    const error = await rejectionOf(reloadSoundConfig(prometheus, context));
    expect([error.code, error.exitCode]).toEqual(['FW-RELOAD-FAILED', 5]);
    expect(error.details).toEqual(['config/prometheus/rules/alerts.yml: line 3']);
    expect(engine.calls).toHaveLength(2);
    expect(applied()).toBeNull();
  });

  it('that is refused is not remembered, and the component’s words are passed on', async () => {
    use({ exec: async () => ({ exitCode: 1, stdout: '', stderr: 'line 3: unknown directive\n' }) });
    const error = await rejectionOf(reloadConfig(edge, context));
    expect([error.code, error.exitCode]).toEqual(['FW-RELOAD-FAILED', 5]);
    expect(error.details).toEqual(['line 3: unknown directive']);
    expect(applied()).toBeNull();
  });
});

describe('what runs side by side', () => {
  it('does not lose what another has written down', async () => {
    const start = (service: string) =>
      startComponents(
        {
          kind: 'StartComponents',
          group: service,
          services: [service],
          configHashes: { [service]: `hash of ${service}` },
        },
        context,
        () => undefined,
      );
    await Promise.all(['edge', 'prometheus', 'alertmanager'].map(start));
    expect(applied()).toEqual({
      edge: 'hash of edge',
      prometheus: 'hash of prometheus',
      alertmanager: 'hash of alertmanager',
    });
  });
});

describe('creating containers', () => {
  const refused = new FactswayError('FW-COMPOSE-REFUSED', 'docker compose up failed.', 'See.', [
    'no available address pool',
  ]);
  const create = async (networks: readonly string[], accepts = true, thrown = refused) => {
    ports.files.directories.set(`${DIRECTORY}/secrets`, 0o700);
    for (const { name } of desired.bundle.secrets)
      ports.files.put(`${DIRECTORY}/secrets/${name}`, 's');
    engine.networks.clear();
    for (const name of networks) engine.networks.add(name);
    const compose = panicking<Compose>('compose', {
      accepts: async () => accepts,
      create: () => Promise.reject(thrown),
    });
    context = actionContext({ ...ports, compose }, desired);
    const failing = createContainers({ kind: 'CreateContainers', services: ['edge'] }, context);
    // No container was touched: that is said along with the reason.
    const failure = await failing.catch((error: unknown) => error);
    if (!(failure instanceof NothingDone)) throw new Error('something was done');
    return failure.reason;
  };

  it('makes anew what Compose would keep, and leaves the judgement about the rest to Compose', async () => {
    ports.files.directories.set(`${DIRECTORY}/secrets`, 0o700);
    for (const { name } of desired.bundle.secrets)
      ports.files.put(`${DIRECTORY}/secrets/${name}`, 's');
    context = actionContext({ ...ports, compose: engine.compose }, desired);
    const services = ['edge', 'records-service-a'];
    for (const anew of [[], ['records-service-a'], services])
      await createContainers({ kind: 'CreateContainers', services, anew }, context);
    expect(engine.calls).toEqual([
      'create edge records-service-a',
      'create anew records-service-a',
      'create edge records-service-a',
      'create anew edge records-service-a',
    ]);
  });

  it('that fails for want of a network names the network, and keeps what Docker said', async () => {
    const error = await create(['edge', 'app-a', 'monitoring']);
    expect([error.code, error.exitCode]).toEqual(['FW-NETWORK-CREATE', 5]);
    expect(error.message).toBe('Docker could not make the network app-b.');
    expect(error.details).toEqual(['no available address pool']);
  });

  it('that fails because Compose cannot read its files is not about networks', async () => {
    expect(await create([], false)).toBe(refused);
  });

  it('that was interrupted before Compose began is not about networks', async () => {
    const interrupted = new FactswayError('FW-CANCELLED', 'Interrupted.', 'Again.');
    expect(await create([], true, interrupted)).toBe(interrupted);
  });

  it('that fails with its networks made is what Compose says it is', async () => {
    expect(await create(['edge', 'app-a', 'app-b', 'monitoring'])).toBe(refused);
  });
});

describe('undoing', () => {
  const services = ['edge', 'records-service-a', 'not-there'];

  it('stops those it is told, and minds nothing that is gone', async () => {
    await stopComponents({ kind: 'StopComponents', group: 'g', services }, context);
    expect(engine.calls.sort()).toEqual(['stop edge', 'stop records-service-a']);
  });

  it('removes those it is told, and no other', async () => {
    await removeContainers({ kind: 'RemoveContainers', services }, context);
    expect(engine.calls.sort()).toEqual(['remove edge', 'remove records-service-a']);
    expect(engine.containers.size).toBe(14);
  });

  it('removes networks only when told which', async () => {
    engine.networks.add('edge').add('data');
    await removeContainers({ kind: 'RemoveContainers', services: [], networks: ['edge'] }, context);
    expect([...engine.networks]).toEqual(['data']);
  });
});

describe('images that were pulled', () => {
  const reference = 'factsway/facts-service:1.0.0';
  const check = (version: string): Promise<void> => {
    use({ images: async () => ({ [reference]: { reference, id: 'x', version } }) });
    const action = {
      kind: 'CheckImageVersions',
      references: [reference],
      version: '1.0.0',
    } as const;
    return checkImageVersions(action, context);
  };

  it('of the version of the release pass', async () => {
    await expect(check('1.0.0')).resolves.toBeUndefined();
  });

  it.each(['1.0.1', ''])('of version %j stop the run', async (version) => {
    expect((await rejectionOf(check(version))).code).toBe('FW-IMAGE-VERSION');
  });
});

describe('the root certificate', () => {
  const save = (): Promise<void> =>
    saveRootCertificate(
      { kind: 'SaveRootCertificate', service: 'edge', path: '/root.crt' },
      context,
    );

  it('is taken out of the container when the proxy has made it', async () => {
    let asked = 0;
    use({
      exec: async (_id, argv) => {
        expect(argv).toEqual(['cat', '/root.crt']);
        asked += 1;
        return asked < 3
          ? { exitCode: 1, stdout: '', stderr: 'No such file' }
          : { exitCode: 0, stdout: '-----END CERTIFICATE-----\n', stderr: '' };
      },
    });
    await save();
    expect(ports.files.tree.get(`${DIRECTORY}/state/root-ca.crt`)).toMatchObject({
      content: '-----END CERTIFICATE-----\n',
      mode: 0o644,
    });
  });

  it('that is half written is not taken', async () => {
    use({ exec: async () => ({ exitCode: 0, stdout: '-----BEGIN CERT', stderr: '' }) });
    const error = await rejectionOf(save());
    expect(error.code).toBe('FW-NOT-HEALTHY');
    expect(ports.clock.elapsedMs).toBe(10_000);
    expect(ports.files.changes).toEqual([]);
  });
});

it('a release is put on record with the images that made it up', async () => {
  const references = ['factsway/facts-service:1.0.0'];
  await recordRelease({ kind: 'RecordRelease', version: '1.0.0', slot: 'a', references }, context);
  const read = (path: string): unknown => JSON.parse(ports.files.text(`${DIRECTORY}/${path}`)!);
  expect(read('releases/1.0.0/release.json')).toEqual({
    version: '1.0.0',
    slot: 'a',
    recordedAt: '2026-01-02T03:04:05.000Z',
    images: { 'factsway/facts-service:1.0.0': 'sha256:factsway/facts-service:1.0.0' },
    digests: {},
  });
  expect(read('state/release.json')).toEqual({ version: '1.0.0', slot: 'a' });
});

describe('what the installation brings to the host is remembered', () => {
  const made = (): unknown =>
    JSON.parse(ports.files.text(`${DIRECTORY}/state/made.json`) ?? 'null');
  const pull = (reference: string): Promise<void> =>
    pullImage({ kind: 'PullImage', reference }, context, () => undefined);

  it('an image before it is there, and by its id once it is', async () => {
    const [reference] = Object.keys(imagesOf(desired.catalog));
    let before: unknown;
    use({
      pull: async () => {
        before = made();
      },
    });
    await pull(reference!);
    expect(before).toEqual({ version: 1, images: { [reference!]: '' } });
    expect(made()).toEqual({ version: 1, images: { [reference!]: `sha256:${reference!}` } });
  });

  it('every image, also where they are pulled side by side or in vain', async () => {
    use({
      pull: (reference) =>
        reference === 'b' ? Promise.reject(new Error('no')) : Promise.resolve(),
    });
    await Promise.allSettled(['a', 'b', 'c'].map(pull));
    expect(made()).toEqual({ version: 1, images: { a: '', b: '', c: '' } });
  });

  it('whose containers they are, once', async () => {
    use({});
    ports = { ...ports, compose: engine.compose };
    context = actionContext(ports, desired);
    for (const { name } of desired.bundle.secrets)
      ports.files.put(`${DIRECTORY}/secrets/${name}`, 'x');
    await ports.files.makeDirectory(`${DIRECTORY}/secrets`, 0o700);
    const create = () =>
      createContainers({ kind: 'CreateContainers', services: ['edge'] }, context);
    await create();
    expect(made()).toEqual({ version: 1, images: {}, project: 'factsway' });
    const writes = () =>
      ports.files.changes.filter((change) => change.endsWith('made.json')).length;
    await create();
    expect(writes()).toBe(1);
  });
});
