import { describe, expect, it } from 'vitest';
import {
  composedHash,
  containerOf,
  desiredWith,
  observedRunning,
} from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { ComposedService, Observed, ObservedContainer } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { planUp } from './plan-up.ts';

const OPTIONS = { title: 'Up', overwrite: false, renderOnly: false };
const desired = desiredWith();
const running = observedRunning(desired);
const ids = desired.catalog.workloads.map(({ id }) => id);
const composed = (changes: Record<string, Partial<ComposedService>> = {}) =>
  Object.fromEntries(
    [...new Set([...ids, ...Object.keys(changes)])].map((id) => [
      id,
      { hash: composedHash(id, desired), ...changes[id] },
    ]),
  );

/** An override that is not on record and comes to this. */
function edited(changes: Record<string, Partial<ComposedService>>, added: string[] = []): Observed {
  const digests = { ...running.instance.digests, [OVERRIDE_FILE]: sha256('mine') };
  return {
    ...running,
    instance: { ...running.instance, digests },
    override: { services: composed(changes), added, rendered: true },
  };
}
const lines = (observed: Observed): string[] =>
  formatPlan(planUp(desired, observed, OPTIONS).plan)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());

const mailer = (changes: Partial<ObservedContainer> = {}): ObservedContainer => ({
  ...containerOf(desired.catalog.workloads[0]!, desired),
  id: 'container-mailer',
  service: 'mailer',
  spec: '',
  configHash: composedHash('mailer', desired),
  composeFiles: ['/opt/factsway/compose.yaml', `/opt/factsway/${OVERRIDE_FILE}`],
  state: 'running',
  ...changes,
});
const withMailer = (observed: Observed, changes: Partial<ObservedContainer> = {}): Observed => ({
  ...observed,
  containers: [...observed.containers, mailer(changes)],
});

describe('an edited override', () => {
  it('makes again what it concerns, runs no migration, and names nothing else', () => {
    expect(lines(edited({ prometheus: { hash: 'other' } }))).toEqual([
      '[1] RecordOverride as not proven because compose.override.yaml changed',
      '[2] CreateContainers prometheus because compose.override.yaml changed, after 1',
      '[3] StartComponents prometheus because its containers are replaced or not healthy, after 2',
      `[4] RecordOverride ${sha256('mine').slice(0, 12)} because compose.override.yaml is taken into account, after 2, 3`,
    ]);
  });

  it('that changes no container is put on record', () => {
    expect(lines(edited({}))).toEqual([
      `[1] RecordOverride ${sha256('mine').slice(0, 12)} because compose.override.yaml is taken into account`,
    ]);
  });

  it('with less memory and swap than memory is refused before anything stops', () => {
    const limits = { memory: 1024 ** 3, memoryAndSwap: 512 * 1024 ** 2 };
    const error = errorOf(() => lines(edited({ prometheus: limits })));
    expect([error.code, error.exitCode]).toEqual(['FW-COMPOSE-REFUSED', 3]);
    expect(error.hint).toContain('memswap_limit: 1024m');
  });
});

describe('a service that only the override has', () => {
  it('is made and started after the platform', () => {
    expect(lines(edited({ mailer: {} }, ['mailer']))[0]).toBe(
      '[1] StartAdded mailer because compose.override.yaml adds them (undo: RemoveContainers mailer)',
    );
  });

  it('that runs is nothing to do, and is started again when it was stopped', () => {
    const there: Observed = {
      ...running,
      override: { services: composed({ mailer: {} }), added: ['mailer'], rendered: true },
    };
    expect(lines(withMailer(there))).toEqual([]);
    expect(lines(withMailer(there, { state: 'exited' }))).toEqual([]);
    expect(lines(withMailer(there, { state: 'exited', exitCode: 137 }))).toEqual([
      '[1] StartAdded mailer because not running',
    ]);
  });

  it('goes when the override no longer has it, and nothing that others started does', () => {
    expect(lines(withMailer(running))).toEqual([
      '[1] RemoveContainers mailer because compose.override.yaml no longer has them',
    ]);
    expect(lines(withMailer(running, { composeFiles: ['/opt/factsway/theirs.yaml'] }))).toEqual([]);
    const unread: Observed = { ...running, override: { added: [], rendered: false } };
    expect(lines(withMailer(unread))).toEqual([]);
  });
});

it('what Compose would make along is in the plan, so that it is started again', () => {
  const services = composed({ postgres: { hash: 'of another Compose' } });
  const stopped = running.containers.filter(({ service }) => service !== 'records-service-a');
  const text = lines({
    ...running,
    containers: stopped,
    override: { services, added: [], rendered: true },
  });
  expect(text.some((line) => /CreateContainers .*postgres/.test(line))).toBe(true);
  expect(text.some((line) => line.includes('StartComponents postgres'))).toBe(true);
  expect(text.some((line) => line.includes('StartComponents edge'))).toBe(false);
});

it('another project of the same directory is refused', () => {
  const error = errorOf(() => lines({ ...running, otherProject: 'old' }));
  expect([error.code, error.exitCode]).toEqual(['FW-PROJECT-CHANGED', 3]);
  expect(error.hint).toContain('--set project=old');
});
