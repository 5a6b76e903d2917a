import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import {
  desiredWith,
  fileOf,
  observedFresh,
  observedRunning,
} from '../../../test/fakes/builders.ts';
import type { Observed } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { planUp } from './plan-up.ts';

const OPTIONS = { title: 'Up', overwrite: false, renderOnly: false };
const images = { source: 'debian' };
const free = desiredWith({ images });
const fixed = desiredWith({ images, network: { subnet: '10.77.0.0/24' } });
const plan = (desired: typeof free, observed: Observed) => planUp(desired, observed, OPTIONS).plan;
/** As the engine has them, of a range or of Docker's own choice. */
const withSubnets = (observed: Observed, range: string): Observed => {
  const third = (index: number): string =>
    range === '' ? `172.${18 + index}.0.0/16` : `10.77.0.${32 * index}/27`;
  const names = ['edge', 'app-a', 'app-b', 'data', 'monitoring', 'egress'];
  const subnets = Object.fromEntries(names.map((name, index) => [name, third(index)]));
  return { ...observed, subnets };
};
const withRecord = (observed: Observed, networks: string): Observed => ({
  ...observed,
  instance: {
    ...observed.instance,
    appliedConfig: { ...observed.instance.appliedConfig, networks },
  },
});

it('each network has its own part of the range, the same in every installation', () => {
  const { networks } = load(fileOf(fixed, 'compose.yaml')) as {
    networks: Record<string, { ipam: { config: { subnet: string }[] } }>;
  };
  expect(
    Object.entries(networks).map(([name, { ipam }]) => `${name} ${ipam.config[0]?.subnet ?? ''}`),
  ).toEqual([
    'edge 10.77.0.0/27',
    'app-a 10.77.0.32/27',
    'app-b 10.77.0.64/27',
    'data 10.77.0.96/27',
    'monitoring 10.77.0.128/27',
    'egress 10.77.0.160/27',
  ]);
});

it('Docker chooses where nothing is said', () => {
  expect(fileOf(free, 'compose.yaml')).not.toContain('ipam');
});

describe('a changed range', () => {
  it('of what runs takes everything down before it is made again, and is on record before', () => {
    const text = formatPlan(plan(fixed, withSubnets(observedRunning(free), '')));
    const lines = text.split('\n').slice(1);
    expect(lines[0]).toContain('WriteBundle');
    expect(lines[1]).toContain(
      'StopProject factsway (16 containers, 6 networks) because network.subnet changed',
    );
    expect(lines[2]).toMatch(/RecordNetworks 10.77.0.0\/24 because .*, after 1, 2 \(undo: .*\)$/);
    expect(lines[3]).toMatch(
      /CreateContainers .* because they do not exist, after 3 \(undo: RemoveContainers .* 6 networks\)/,
    );
  });

  it('that was taken back is made again as well', () => {
    const before = withSubnets(observedRunning(fixed), '10.77.0.0/24');
    const text = formatPlan(plan(free, withRecord(before, '10.77.0.0/24')));
    expect(text).toContain('StopProject');
    expect(text).toContain('RecordNetworks chosen by Docker');
  });

  it('that was taken back stops nothing a second time, where the run was killed before its end', () => {
    const before = withSubnets(observedRunning(free), '');
    const text = formatPlan(plan(free, withRecord(before, '10.77.0.0/24')));
    expect(text).not.toContain('StopProject');
    expect(text).toContain('RecordNetworks chosen by Docker');
  });

  it('whose files are rendered already says what a failure leaves behind', () => {
    const { steps } = plan(fixed, withSubnets(withRecord(observedRunning(fixed), ''), ''));
    expect(steps.find(({ action }) => action.kind === 'StopProject')?.irreversible).toContain(
      'factsway-install up',
    );
  });

  it('on record already is nothing to do', () => {
    const there = withSubnets(observedRunning(fixed), '10.77.0.0/24');
    expect(plan(fixed, withRecord(there, '10.77.0.0/24')).steps).toEqual([]);
  });

  it('that the networks have stops nothing, whatever a killed run did not record', () => {
    const there = withSubnets(observedRunning(fixed), '10.77.0.0/24');
    const { steps } = plan(fixed, there);
    expect(steps.map(({ action }) => action.kind)).toEqual(['RecordNetworks']);
  });

  it('of an empty server stops nothing', () => {
    const text = formatPlan(plan(fixed, observedFresh(fixed)));
    expect(text).not.toContain('StopProject');
    expect(text).toContain('RecordNetworks 10.77.0.0/24');
  });
});
