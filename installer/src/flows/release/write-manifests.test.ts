import { expect, it } from 'vitest';
import { panicking } from '../../../../test/fakes/panic.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { ManifestWrite } from '../../planner/plan-promotion.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Server } from './server.ts';
import { writeManifests } from './write-manifests.ts';

const PLACE = { bucket: 'updates', region: 'us-east-1' };
const SERVER = { place: PLACE, places: [PLACE], settings: {}, who: 'test' } as unknown as Server;
const write = (name: string, text: string, etag: string | undefined): ManifestWrite => ({
  name,
  text,
  etag,
  before: undefined,
  after: { version: '1.1.0', percent: 100 },
});

/** Decides in one go whether the condition holds and what is there then, as S3 does. */
function bucket(objects: Map<string, string>) {
  const objectStore = panicking<ObjectStore>('objects', {
    async writeText(_place, key, text, { condition }) {
      const there = objects.get(key);
      const holds = 'absent' in condition ? there === undefined : there === condition.etag;
      if (holds) objects.set(key, text);
      return holds ? text : undefined;
    },
  });
  return { ...fakePorts(), objects: objectStore };
}

it('of two who looked at the same manifest one wins, and the other says so and what it had written', async () => {
  const objects = new Map([['latest.yml', 'old']]);
  const ports = bucket(objects);
  await writeManifests([write('latest.yml', 'first', 'old')], SERVER, ports);
  const late = [write('beta.yml', 'second', undefined), write('latest.yml', 'second', 'old')];
  const error = await rejectionOf(writeManifests(late, SERVER, ports));
  expect([error.code, error.message]).toEqual([
    'FW-RELEASE-RACE',
    expect.stringContaining('this run had written beta.yml'),
  ]);
  expect([...objects]).toEqual([
    ['latest.yml', 'first'],
    ['beta.yml', 'second'],
  ]);
});

it('who finds a manifest where there was none changes nothing', async () => {
  const objects = new Map([['latest.yml', 'theirs']]);
  const error = await rejectionOf(
    writeManifests([write('latest.yml', 'ours', undefined)], SERVER, bucket(objects)),
  );
  expect([error.code, error.message]).toEqual([
    'FW-RELEASE-RACE',
    expect.stringContaining('nothing was changed by this run'),
  ]);
  expect(objects.get('latest.yml')).toBe('theirs');
});

it('whoever asks before each write may stop the rest', async () => {
  const objects = new Map<string, string>();
  const writes = [write('beta.yml', 'a', undefined), write('latest.yml', 'a', undefined)];
  let asked = 0;
  const stop = (): Promise<void> => {
    asked += 1;
    return asked === 2 ? Promise.reject(new Error('yanked')) : Promise.resolve();
  };
  await expect(writeManifests(writes, SERVER, bucket(objects), stop)).rejects.toThrow('yanked');
  expect([...objects.keys()]).toEqual(['beta.yml']);
});
