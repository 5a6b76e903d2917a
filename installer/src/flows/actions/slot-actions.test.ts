import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { panicking } from '../../../../test/fakes/panic.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { SLOT_B_FILE } from '../../catalog/serving.ts';
import type { Docker } from '../../ports/docker.ts';
import type { HttpRequest } from '../../ports/http.ts';
import type { ActionContext } from './action-context.ts';
import { retireSlot } from './container-actions.ts';
import { proveSlot } from './prove-slot.ts';
import {
  hideMaintenancePage,
  showMaintenancePage,
  switchTraffic,
  verifyTraffic,
} from './traffic-actions.ts';

const desired = desiredWith();
const SERVICES = desired.catalog.services.map(({ name, port, routes }) => ({
  id: `${name}-a`,
  port,
  route: routes[0] ?? '/',
}));
const said: string[] = [];
const waiting = (message: string): void => {
  said.push(message);
};
let engine: FakeEngine;
let ports: FakePorts;
let context: ActionContext;

/** Answers of programs inside the proxy, by the address they ask for. */
let answers: (url: string) => { exitCode?: number; stdout?: string; stderr?: string };
/** Status of a request by the front door, by its path; 0 for none. */
let door: (path: string) => number;

beforeEach(() => {
  said.length = 0;
  engine = FakeEngine.running(desired);
  answers = (url) =>
    url.includes('/health') ? { stdout: '{"version":"1.0.0"}' } : { stderr: 'HTTP/1.1 200 OK' };
  door = () => 200;
  const exec: Docker['exec'] = async (_id, argv) => ({
    exitCode: 0,
    stdout: '',
    stderr: '',
    ...answers(argv.at(-1) ?? ''),
  });
  ports = fakePorts({
    docker: panicking('docker', { ...engine.docker, exec }),
    http: {
      request: async ({ url }: HttpRequest) => {
        const status = door(new URL(url).pathname);
        if (status === 0) throw new Error('connect ECONNREFUSED');
        return { status, headers: {}, body: '' };
      },
    },
  });
  context = actionContext(ports, desired);
});

describe('proving a slot', () => {
  const prove = () =>
    proveSlot(
      { kind: 'ProveSlot', slot: 'a', version: '1.0.0', services: SERVICES },
      context,
      waiting,
    );

  it('takes three good answers in a row from each, and gives each its part of the processors', async () => {
    let asked = 0;
    const usual = answers;
    answers = (url) => {
      if (!url.includes('facts') || !url.endsWith('/health/ready')) return usual(url);
      asked += 1;
      // Good, bad, and then good: the first one does not count.
      return asked === 2 ? { exitCode: 1 } : { stdout: 'ready' };
    };
    await prove();
    expect(asked).toBe(5);
    expect(new Set(engine.weights.values())).toEqual(new Set(['normal']));
    expect(engine.weights.size).toBe(8);
  });

  it('ends with the names of those that the proxy does not reach', async () => {
    answers = (url) => (url.includes('facts') ? { exitCode: 1 } : { stdout: '{}' });
    const error = await rejectionOf(prove());
    expect(error.code).toBe('FW-SLOT-NOT-READY');
    expect(error.message).toContain('facts-service-a');
    expect(error.message).not.toContain('records-service-a');
  });

  it('takes a service that refuses strangers for one that answers, and one that breaks for none', async () => {
    const usual = answers;
    const status = (text: string): void => {
      answers = (url) => (url.includes('/api/facts') ? { exitCode: 1, stderr: text } : usual(url));
    };
    status('wget: server returned error: HTTP/1.1 401 Unauthorized');
    await prove();
    status('wget: server returned error: HTTP/1.1 500 Internal Server Error');
    expect((await rejectionOf(prove())).code).toBe('FW-SLOT-NOT-READY');
  });

  it('finds a service of another release', async () => {
    const usual = answers;
    answers = (url) =>
      url.includes('facts') && url.endsWith('/health')
        ? { stdout: '{"version":"0.9.0"}' }
        : usual(url);
    const error = await rejectionOf(prove());
    expect(error.code).toBe('FW-IMAGE-VERSION');
    expect(error.message).toContain('facts-service-a says 0.9.0');
  });
});

describe('the switch', () => {
  const file = `${DIRECTORY}/${SLOT_B_FILE}`;
  const go = (from: 'a' | 'b', to: 'a' | 'b') =>
    switchTraffic({ kind: 'SwitchTraffic', from, to }, context, waiting);

  it('is one file, and the proxy is asked afterwards', async () => {
    answers = () => ({ stdout: ports.files.text(file) === undefined ? 'a' : 'b' });
    await go('a', 'b');
    expect(ports.files.text(file)).toBeDefined();
    await go('b', 'a');
    expect(ports.files.text(file)).toBeUndefined();
  });

  it('that the proxy does not see is an error that names what to look at', async () => {
    answers = () => ({ stdout: 'a' });
    const error = await rejectionOf(go('a', 'b'));
    expect([error.code, error.exitCode]).toEqual(['FW-SWITCH-UNSEEN', 5]);
    expect(error.message).toContain('says that they go to slot a');
    expect(said).toContain('requests still go to slot a');
  });
});

describe('a look by the front door', () => {
  const look = () =>
    verifyTraffic({ kind: 'VerifyTraffic', slot: 'a', version: '1.0.0' }, context, waiting);

  it('gives a service a while to settle', async () => {
    let asked = 0;
    door = (path) => (path === '/api/facts' && (asked += 1) <= 2 ? 503 : 200);
    await look();
    expect(asked).toBe(5);
  });

  it('ends with the routes that do not answer', async () => {
    door = (path) => (path === '/api/facts' ? 503 : 200);
    const error = await rejectionOf(look());
    expect(error.code).toBe('FW-SLOT-NOT-READY');
    expect(error.message).toContain('/api/facts (503)');
  });

  it('judges no slot where nothing comes through the door at all', async () => {
    door = () => 0;
    await look();
  });
});

it('a slot that is retired ends and does not come back by itself', async () => {
  await retireSlot(
    { kind: 'RetireSlot', slot: 'a', services: ['facts-service-a', 'records-service-a'] },
    context,
  );
  expect(engine.calls).toEqual(['stop records-service-a', 'stop facts-service-a']);
  expect([...engine.comesBack.entries()].sort()).toEqual([
    ['facts-service-a', false],
    ['records-service-a', false],
  ]);
});

it('the maintenance page is there as long as its file is', async () => {
  const closed = `${DIRECTORY}/config/edge/maintenance/closed`;
  await showMaintenancePage({ kind: 'ShowMaintenancePage' }, context);
  expect(ports.files.text(closed)).toBe('');
  await hideMaintenancePage({ kind: 'HideMaintenancePage' }, context);
  await hideMaintenancePage({ kind: 'HideMaintenancePage' }, context);
  expect(ports.files.text(closed)).toBeUndefined();
});
