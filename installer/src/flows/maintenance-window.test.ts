import { beforeEach, describe, expect, it } from 'vitest';
import { FakeAlertmanager } from '../../../test/fakes/alertmanager.ts';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { ASK, YES } from '../../../test/fakes/installed-world.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { errorOf, rejectionOf } from '../../../test/fakes/thrown.ts';
import { formatMinutes, parseMinutes } from '../model/maintenance.ts';
import { formatPlan } from '../model/plan-text.ts';
import type { Prompter } from '../ports/prompter.ts';
import { closeMaintenance, openMaintenance } from './maintenance.ts';
import {
  endMaintenanceWindow,
  maintenanceWindow,
  readMinutes,
  startMaintenanceWindow,
} from './maintenance-window.ts';

let ports: FakePorts;
let alertmanager: FakeAlertmanager;

beforeEach(() => {
  ports = fakePorts();
  alertmanager = new FakeAlertmanager(ports.clock);
  ports = { ...ports, http: alertmanager.http };
  ports.files.put(`${DIRECTORY}/factsway.yaml`, 'project: factsway\n');
});

const start = (minutes: number, consent = YES) =>
  startMaintenanceWindow(
    { directory: DIRECTORY, consent, minutes, comment: 'new disk', author: 'ann' },
    ports,
  );
const end = (consent = YES) => endMaintenanceWindow({ directory: DIRECTORY, consent }, ports);
const inMinutes = (minutes: number): string =>
  new Date(ports.clock.now().getTime() + minutes * 60_000).toISOString();

describe('a maintenance window', () => {
  it('silences everything but the sign of life and drills, and ends by itself', async () => {
    const { plan } = await start(120);
    expect(formatPlan(plan)).toBe(
      'Silence alerts for 2 h:\n  [1] OpenMaintenance for 2 h because nobody is to be woken by what is done on purpose',
    );
    expect(alertmanager.silences).toEqual([
      {
        id: 'silence-1',
        startsAt: ports.clock.now().toISOString(),
        endsAt: inMinutes(120),
        createdBy: 'ann',
        comment: 'new disk',
        matchers: [
          { name: 'alertname', value: 'Watchdog', isRegex: false, isEqual: false },
          { name: 'drill', value: '', isRegex: false, isEqual: true },
        ],
      },
    ]);
    ports.clock.elapsedMs += 121 * 60_000;
    expect(await maintenanceWindow(DIRECTORY, ports)).toBeUndefined();
  });

  it('is one: opened again it lasts longer', async () => {
    await start(30);
    const begun = alertmanager.silences[0]?.startsAt;
    ports.clock.elapsedMs += 20 * 60_000;
    const { plan } = await start(30);
    expect(formatPlan(plan)).toContain('because the window that is open ends at');
    expect(alertmanager.silences).toHaveLength(1);
    expect(alertmanager.silences[0]).toMatchObject({ startsAt: begun, endsAt: inMinutes(30) });
  });

  it('is never made shorter', async () => {
    await start(120);
    const { plan } = await start(30);
    expect(plan.steps).toEqual([]);
    expect(alertmanager.silences[0]?.endsAt).toBe(inMinutes(120));
    await openMaintenance({ port: 9093, minutes: 5, comment: 'upgrade', author: 'us' }, ports);
    expect(alertmanager.silences[0]?.endsAt).toBe(inMinutes(120));
  });

  it('once it is over is followed by a new one', async () => {
    await start(30);
    ports.clock.elapsedMs += 31 * 60_000;
    await start(30);
    expect(alertmanager.silences).toHaveLength(2);
  });

  it('is ended at once; with none open there is nothing to do', async () => {
    await start(120);
    expect(formatPlan((await end()).plan)).toContain('EndMaintenance now because');
    expect(await maintenanceWindow(DIRECTORY, ports)).toBeUndefined();
    expect((await end()).plan.steps).toEqual([]);
    await closeMaintenance(9093, ports);
    expect(alertmanager.changes.filter((one) => one.startsWith('DELETE'))).toHaveLength(1);
  });

  it('of somebody else’s making is left alone', async () => {
    const matchers = [{ name: 'service', value: 'x', isRegex: false, isEqual: true }];
    const theirs = {
      startsAt: '',
      endsAt: inMinutes(60),
      createdBy: 'bob',
      comment: 'x',
      matchers,
    };
    alertmanager.silences = [{ id: 'theirs', ...theirs }];
    expect((await end()).plan.steps).toEqual([]);
    await start(30);
    expect(alertmanager.silences.map(({ id }) => id)).toEqual(['theirs', 'silence-2']);
  });

  it('is asked for before it is opened, and a dry run opens none', async () => {
    expect((await start(30, { yes: false, dryRun: true })).executed).toBe(false);
    const prompter = panicking<Prompter>('prompter', {
      interactive: true,
      confirm: () => Promise.resolve(false),
    });
    ports = { ...ports, prompter };
    expect((await rejectionOf(start(30, ASK))).code).toBe('FW-CANCELLED');
    expect(alertmanager.changes).toEqual([]);
  });

  it('of an Alertmanager that does not answer is an error that says what to look at', async () => {
    alertmanager.isDown = true;
    const error = await rejectionOf(start(30));
    expect([error.code, error.exitCode]).toEqual(['FW-ALERTMANAGER', 3]);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.hint).toContain('factsway-install status');
  });

  it('of no instance is refused', async () => {
    await ports.files.remove(`${DIRECTORY}/factsway.yaml`);
    expect((await rejectionOf(start(30))).code).toBe('FW-NO-INSTANCE');
  });
});

describe('a duration', () => {
  it.each([
    ['30m', 30],
    ['2h', 120],
    ['1h30m', 90],
    ['24h', 1440],
  ])('%s is %i min', (text, minutes) => {
    expect(readMinutes(text)).toBe(minutes);
  });

  it.each(['', '2', '0m', '25h', '1441m', '-1h', '2 h', '1d', 'h', '1m2h'])(
    '%j is refused',
    (text) => {
      const error = errorOf(() => readMinutes(text));
      expect([error.code, error.exitCode]).toEqual(['FW-USAGE', 2]);
      expect(error.hint).toContain('maintenance start --for 2h');
    },
  );

  it('reads back as it is written', () => {
    for (const minutes of [1, 59, 60, 90, 1440])
      expect(parseMinutes(formatMinutes(minutes).replaceAll(' ', '').replace('min', 'm'))).toBe(
        minutes,
      );
  });
});
