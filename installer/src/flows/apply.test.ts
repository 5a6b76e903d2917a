import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { Prompter } from '../ports/prompter.ts';
import { apply, type ApplyResult } from './apply.ts';
import { desire } from './desire.ts';
import { down } from './down.ts';
import { status } from './status.ts';

const OPTIONS = { title: 'Install', overwrite: false, renderOnly: false };
const YES = { yes: true, dryRun: false };
const ASK = { yes: false, dryRun: false };
const answering = (answer: boolean): Prompter =>
  panicking<Prompter>('prompter', { interactive: true, confirm: async () => answer });

let engine: FakeEngine;
let ports: FakePorts;
beforeEach(() => {
  engine = new FakeEngine(desiredWith());
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
});

async function install(consent = YES, ...sets: string[]): Promise<ApplyResult> {
  const request = { directory: DIRECTORY, sets: ['images.source=debian', ...sets] };
  // The engine reads the Compose files that are about to be written.
  engine.desired = await desire(request, ports);
  return apply({ ...request, command: 'install', options: OPTIONS, consent }, ports);
}
const states = (): Record<string, string> =>
  Object.fromEntries([...engine.containers.values()].map(({ service, state }) => [service, state]));

describe('an installation', () => {
  it('brings everything up in order: the database, the migrations, then the services', async () => {
    await install();
    const at = (call: string): number => engine.calls.indexOf(call);
    expect(at('start postgres')).toBeLessThan(at('start migrations-a'));
    for (const { service } of engine.containers.values())
      if (service.endsWith('-service-a'))
        expect(at('start migrations-a')).toBeLessThan(at(`start ${service}`));
    const others = Object.entries(states()).filter(([service]) => service !== 'migrations-a');
    expect(others).toHaveLength(15);
    expect(new Set(others.map(([, state]) => state))).toEqual(new Set(['running']));
    expect(await status(DIRECTORY, ports)).toMatchObject({
      release: '1.0.0',
      slot: 'a',
      healthy: true,
    });
  });

  it('a second time has nothing to do and changes nothing', async () => {
    await install();
    const [calls, changes] = [engine.calls.length, ports.files.changes.length];
    const { plan } = await install();
    expect(plan.steps).toEqual([]);
    expect(engine.calls.slice(calls)).toEqual([]);
    expect(ports.files.changes.slice(changes)).toEqual([]);
  });

  it('mentions what the image source has not got, and does not warn about it', async () => {
    const { warnings } = await install();
    expect(warnings).toEqual([]);
    const said = ports.reporter.events.filter((event) => /^(note|warning): /.test(event));
    expect(said).toEqual([
      expect.stringContaining('note: Nobody is told when something breaks'),
      expect.stringContaining('note: grafana is left out: '),
    ]);
  });

  it('says each warning once, also when it is refused', async () => {
    ports.host.busy.add('0.0.0.0:443');
    const sets = ['images.source=debian', 'host.memory=6GiB'];
    const request = { directory: DIRECTORY, sets, command: 'install', options: OPTIONS };
    const error = await rejectionOf(apply({ ...request, consent: YES }, ports));
    expect(error.code).toBe('FW-PORT-IN-USE');
    const warnings = ports.reporter.events.filter((event) => event.startsWith('warning: '));
    expect(warnings).toEqual([expect.stringContaining('one slot only')]);
  });

  it('whose migration fails starts no service, takes its containers away and keeps its log', async () => {
    engine.behaviours.set('migrations-a', () => ({ state: 'exited', exitCode: 1 }));
    engine.logs.set('container-migrations-a', ['no such luck']);
    const error = await rejectionOf(install());
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-FAILED', 5]);
    expect(engine.calls.filter((call) => /^start .*-service-a/.test(call))).toEqual([]);
    expect(engine.containers.size).toBe(0);
    expect([...engine.networks]).toEqual([]);
    expect(error.hint).toMatch(
      /^What was started is taken away again\. The instance directory .* stay/,
    );
    const kept = Object.entries(ports.files.below(`${DIRECTORY}/state/failures`));
    expect(kept).toHaveLength(1);
    expect(kept[0]?.[0]).toMatch(/\/migrations-a\.log$/);
    expect(kept[0]?.[1]).toBe('no such luck\n');
  });

  it('whose migration failed is finished by running it again', async () => {
    engine.behaviours.set('migrations-a', () => ({ state: 'exited', exitCode: 1 }));
    await rejectionOf(install());
    engine.behaviours.clear();
    await install();
    expect(await status(DIRECTORY, ports)).toMatchObject({ healthy: true });
  });

  it('shows no secret in the log it keeps of a failure', async () => {
    engine.behaviours.set('edge', () => {
      const secret = ports.files.text(`${DIRECTORY}/secrets/postgres-app-password`)!.trim();
      engine.logs.set('container-edge', [`password is ${secret}, sorry`]);
      return { state: 'running', health: 'unhealthy' };
    });
    const error = await rejectionOf(install());
    expect(error.code).toBe('FW-NOT-HEALTHY');
    const kept = Object.values(ports.files.below(`${DIRECTORY}/state/failures`)).join();
    for (const text of [kept, error.details.join()]) {
      expect(text).toContain('password is [secret], sorry');
      expect(text).not.toContain('secret-of');
    }
  });
});

describe('a change of a running instance', () => {
  beforeEach(async () => {
    await install();
    engine.calls.length = 0;
  });

  it('of the proxy’s limits reloads it', async () => {
    await install(YES, 'edge.maxRequestSize=1GiB');
    expect(engine.calls).toEqual(['exec edge caddy']);
    expect((await install(YES, 'edge.maxRequestSize=1GiB')).plan.steps).toEqual([]);
  });

  it('that would have a file read that somebody broke is refused before anything begins', async () => {
    const path = `${DIRECTORY}/config/prometheus/rules/alerts.yml`;
    ports.files.put(path, 'groups: [');
    const stderr = '/etc/prometheus/rules/alerts.yml: yaml: line 1\n';
    const { docker } = ports;
    ports = {
      ...ports,
      docker: { ...docker, exec: async () => ({ exitCode: 1, stdout: '', stderr }) },
    };
    expect((await install()).plan.steps).toEqual([]);
    const before = ports.files.changes.length;
    const error = await rejectionOf(install(YES, 'monitoring.retentionDays=36'));
    expect([error.code, error.exitCode]).toEqual(['FW-COMPONENT-FILES', 3]);
    expect(error.details).toEqual(['prometheus: config/prometheus/rules/alerts.yml: yaml: line 1']);
    expect(engine.calls).toEqual([]);
    expect(ports.files.changes).toHaveLength(before);
    // What does not have it read goes its way.
    await install(YES, 'edge.httpPort=8080');
    expect(engine.calls).toEqual(['create edge', 'start edge']);
  });

  it('of a port replaces the proxy alone', async () => {
    await install(YES, 'edge.httpPort=8080');
    expect(engine.calls).toEqual(['create edge', 'start edge']);
  });

  it('that does not come up is taken back: the old files, the old container', async () => {
    const before = ports.files.text(`${DIRECTORY}/compose.yaml`);
    const old = await desire({ directory: DIRECTORY, sets: [] }, ports);
    engine.behaviours.set('edge', () => {
      // The first start is that of the new definition; the one after it comes with the restoration.
      engine.behaviours.delete('edge');
      engine.desired = old;
      return { state: 'running', health: 'unhealthy' };
    });
    const error = await rejectionOf(install(YES, 'edge.httpPort=8080'));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-HEALTHY', 5]);
    expect(ports.files.text(`${DIRECTORY}/compose.yaml`)).toBe(before);
    expect(states()['edge']).toBe('running');
    engine.desired = await desire({ directory: DIRECTORY, sets: [] }, ports);
    expect((await install()).plan.steps).toEqual([]);
  });

  it('down and up again brings everything back', async () => {
    await down(DIRECTORY, YES, ports);
    expect(engine.containers.size).toBe(0);
    await install();
    expect(await status(DIRECTORY, ports)).toMatchObject({ healthy: true });
  });
});

describe('consent', () => {
  it('a dry run has the plan as its result and touches nothing', async () => {
    const { executed, plan } = await install({ yes: false, dryRun: true });
    expect(executed).toBe(false);
    expect(plan.steps).toHaveLength(11);
    expect(ports.files.changes).toEqual([]);
    expect(engine.calls).toEqual([]);
  });

  it('a no is a no', async () => {
    ports = { ...ports, prompter: answering(false) };
    const error = await rejectionOf(install({ yes: false, dryRun: false }));
    expect([error.code, error.exitCode]).toEqual(['FW-CANCELLED', 130]);
    expect(ports.files.changes).toEqual([]);
  });

  it('nobody who answers is no yes', async () => {
    await expect(install({ yes: false, dryRun: false })).rejects.toThrow(
      'unexpected call: prompter.confirm',
    );
    expect(ports.files.changes).toEqual([]);
  });

  it('beforehand has the plan that was carried out as its result', async () => {
    const list = ports.files.list.bind(ports.files);
    let looks = 0;
    // Somebody puts a secret there between the first look and the one under the lock.
    ports.files.list = async (directory) => {
      if (directory === `${DIRECTORY}/secrets` && (looks += 1) === 2)
        ports.files.put(`${DIRECTORY}/secrets/postgres-app-password`, 'mine\n');
      return list(directory);
    };
    const { plan } = await install();
    const created = plan.steps.flatMap(({ action }) =>
      action.kind === 'CreateSecrets' ? action.names : [],
    );
    expect(created).toHaveLength(3);
    expect(created).not.toContain('postgres-app-password');
    expect(ports.files.text(`${DIRECTORY}/secrets/postgres-app-password`)).toBe('mine\n');
  });

  it('writes over nothing that was saved meanwhile', async () => {
    await install();
    engine.calls.length = 0;
    const saved = `${ports.files.text(`${DIRECTORY}/factsway.yaml`) ?? ''}# a thought\n`;
    const prompter = panicking<Prompter>('prompter', {
      interactive: true,
      confirm: async () => {
        ports.files.put(`${DIRECTORY}/factsway.yaml`, saved);
        return true;
      },
    });
    ports = { ...ports, prompter };
    const error = await rejectionOf(install(ASK, 'edge.maxRequestSize=1GiB'));
    expect([error.code, error.exitCode]).toEqual(['FW-STATE-CHANGED', 3]);
    expect(error.message).toContain('factsway.yaml');
    expect(ports.files.text(`${DIRECTORY}/factsway.yaml`)).toBe(saved);
    expect(engine.calls).toEqual([]);
  });

  it('of another release than the one that serves is what upgrade is for', async () => {
    await install();
    engine.calls.length = 0;
    const error = await rejectionOf(install(YES, 'release.version=1.1.0'));
    expect([error.code, error.exitCode]).toEqual(['FW-UPGRADE-WANTED', 3]);
    expect(error.hint).toContain('upgrade --to 1.1.0');
    expect(error.hint).toContain('up --set release.version=1.0.0');
    expect(engine.calls).toEqual([]);
    const back = await rejectionOf(install(YES, 'release.version=0.9.0'));
    expect(back.hint).toContain('factsway-install rollback');
  });

  it('that a rotation was cut off in is not stopped before that is finished', async () => {
    await install();
    ports.files.put(`${DIRECTORY}/secrets/.next/postgres-app-password`, 'to come\n', 0o600);
    const error = await rejectionOf(down(DIRECTORY, YES, ports));
    expect([error.code, error.exitCode]).toEqual(['FW-SECRET-HALFWAY', 3]);
    expect(states()['postgres']).toBe('running');
  });

  it('is for the plan that was shown: another one is refused', async () => {
    const prompter = panicking<Prompter>('prompter', {
      interactive: true,
      confirm: async () => {
        ports.files.put(`${DIRECTORY}/secrets/postgres-app-password`, 'mine\n');
        return true;
      },
    });
    ports = { ...ports, prompter };
    const error = await rejectionOf(install({ yes: false, dryRun: false }));
    expect(error.code).toBe('FW-STATE-CHANGED');
    expect(engine.calls).toEqual([]);
    expect(ports.files.text(`${DIRECTORY}/state/lock`)).toBeUndefined();
  });
});
