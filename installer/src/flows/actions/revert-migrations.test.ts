import { beforeEach, describe, expect, it } from 'vitest';
import { containerOf, desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { panicking } from '../../../../test/fakes/panic.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { Compose } from '../../ports/compose.ts';
import type { ActionContext } from './action-context.ts';
import { revertMigrations } from './revert-migrations.ts';
import { runMigrations } from './run-migrations.ts';
import { hideMaintenancePage, switchTraffic } from './traffic-actions.ts';

const RECORD = `${DIRECTORY}/state/schema-before.json`;
const SERVICE = 'migrations-b';
let ports: FakePorts;
let context: ActionContext;
/** What the program of the migrations was asked to do, and the migration the database stands at. */
let asked: string[];
let head: string | null;
let code: string | null;

beforeEach(() => {
  const desired = desiredWith();
  const engine = new FakeEngine(desired);
  asked = [];
  head = '0004_old';
  code = null;
  const compose = panicking<Compose>('compose', {
    run: async (_directory, _service, argv) => {
      asked.push(argv.slice(2).join(' '));
      const [what, target] = argv.slice(2);
      if (what === 'down-to') head = target === '0' ? null : (target ?? null);
      const ok = code === null;
      const after = code === 'FW-DB-UNREACHABLE' ? null : head;
      const pending = code === 'FW-MIGRATION-PENDING' ? ['0005_new'] : [];
      const result = { event: 'migrate.result', ok, before: after, after, pending, code };
      return { exitCode: ok ? 0 : 3, stdout: JSON.stringify(result), stderr: '' };
    },
  });
  ports = fakePorts({ docker: engine.docker, compose });
  context = actionContext(ports);
  const workload = desired.catalog.workloads.find(({ id }) => id === 'migrations-a')!;
  engine.containers.set(SERVICE, {
    ...containerOf(workload, desired),
    id: SERVICE,
    service: SERVICE,
    state: 'created',
  });
  engine.behaviours.set(SERVICE, () => {
    head = '0006_new';
    return { state: 'exited', exitCode: 0 };
  });
  engine.leadsTo = () => 'b';
  ports.files.put(`${DIRECTORY}/state/release.json`, JSON.stringify({ version: '1', slot: 'a' }));
});

const none = (): void => undefined;
const migrate = (version = '1.1.0'): Promise<void> =>
  runMigrations(
    { kind: 'RunMigrations', service: SERVICE, slot: 'b', version, reversible: true },
    context,
    none,
  );
const revert = (version = '1.1.0'): Promise<void> =>
  revertMigrations({ kind: 'RevertMigrations', service: SERVICE, version }, context, none);

describe('migrations that are taken back', () => {
  it('lead to where the database stood before, also by a run that goes on with another one', async () => {
    await migrate();
    await migrate();
    expect(asked).toEqual(['status']);
    await revert();
    expect(asked).toEqual(['status', 'down-to 0004_old']);
    expect(ports.files.text(RECORD)).toBeUndefined();
  });

  it('leave those of an earlier upgrade, which people have worked with', async () => {
    head = '0006_new';
    await migrate();
    await revert();
    expect(head).toBe('0006_new');
  });

  it('never lead to an empty database, whatever the program says that cannot look', async () => {
    head = null;
    await migrate();
    await revert();
    expect(asked).toEqual(['status']);
    code = 'FW-DB-UNREACHABLE';
    const error = await rejectionOf(migrate());
    expect([error.code, error.exitCode]).toEqual(['FW-MIGRATION-FAILED', 5]);
    expect(error.message).toContain('could not be asked');
    expect(ports.files.text(RECORD)).toBeUndefined();
    code = 'FW-MIGRATION-PENDING';
    head = '0004_old';
    await migrate();
    expect(ports.files.text(RECORD)).toContain('0004_old');
  });

  it('are not taken back where none had begun', async () => {
    await revert();
    expect(asked).toEqual([]);
    await migrate('1.2.0');
    await revert('1.1.0');
    expect(asked).toEqual(['status']);
  });

  it('stay once requests were led to what needs them', async () => {
    await migrate();
    const slot = { ...context, desired: desiredWith() };
    await switchTraffic({ kind: 'SwitchTraffic', from: 'a', to: 'b' }, slot, none).catch(none);
    await revert();
    expect(asked).toEqual(['status']);
    await migrate();
    await hideMaintenancePage({ kind: 'HideMaintenancePage' }, context);
    await revert();
    expect(asked).toEqual(['status', 'status']);
  });
});
