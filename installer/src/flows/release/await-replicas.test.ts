import { expect, it } from 'vitest';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { MemoryBucket } from '../../../../test/fakes/memory-bucket.ts';
import { awaitReplicas } from './offer-manifests.ts';

const place = (region: string) => ({ bucket: `updates-${region}`, region, forcePathStyle: false });
const PLACES = [place('us-east-1'), place('eu-central-1')];
const STOPPED = [{ name: 'latest.yml', text: 'stopped' }];

/** What is said where the other region has it after so many looks. */
async function told(looks: number): Promise<readonly string[]> {
  const { store } = new MemoryBucket();
  const asked: string[] = [];
  const readText: typeof store.readText = ({ region }) => {
    asked.push(region);
    return Promise.resolve({ text: asked.length > looks ? 'stopped' : 'offered', etag: '"1"' });
  };
  const ports = fakePorts({ objects: { ...store, readText } });
  const settings = { url: '', bucket: '', region: '', replica: undefined };
  const server = { settings, place: PLACES[0], places: PLACES, who: 'test' };
  await awaitReplicas(STOPPED, server as unknown as Parameters<typeof awaitReplicas>[1], ports);
  expect([...new Set(asked)]).toEqual(['eu-central-1']);
  return ports.reporter.events.filter((event) => event.startsWith('warning: '));
}

it('a stop that reaches the other region within a while is done', async () => {
  expect(await told(3)).toEqual([]);
});

it('one that does not is told with region and manifest', async () => {
  const [warning, ...more] = await told(1000);
  expect(warning).toMatch(/eu-central-1\) has not got latest\.yml yet/);
  expect(more).toEqual([]);
});
