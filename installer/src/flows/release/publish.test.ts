import { describe, expect, it } from 'vitest';
import { directoryOf, DRY, INSIDE, updateWorld } from '../../../../test/fakes/update-world.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { parseManifest } from '../../config/parse-manifest.ts';
import { rampRelease } from './promote.ts';
import { yankRelease } from './yank.ts';

const everything = ({ objects }: { objects: ReadonlyMap<string, unknown> }): string[] =>
  [...objects.keys()].toSorted();

describe('a dry run changes nothing', () => {
  it('of a publication: what would be sent is told, and nothing is asked', async () => {
    const world = await updateWorld('1.0.0');
    const { executed, record } = await world.publish('1.0.0', { consent: DRY });
    expect([executed, record.files.length]).toEqual([false, 3]);
    expect([world.bucket.changes, everything(world.bucket)]).toEqual([[], []]);
  });

  it('of a publication that has nothing to do', async () => {
    const world = await updateWorld('1.0.0');
    await world.publish('1.0.0');
    const before = [...world.bucket.changes];
    const run = await world.publish('1.0.0', { consent: DRY });
    expect(run).toMatchObject({ executed: false, unchanged: true });
    expect(world.bucket.changes).toEqual(before);
  });

  it('of a promotion, whether it has something to write or not', async () => {
    const world = await updateWorld('1.0.0');
    await world.publish('1.0.0');
    const before = [...world.bucket.changes];
    const dry = await world.promote('1.0.0', true);
    expect([dry.executed, dry.writes.length]).toEqual([false, 6]);
    expect(world.bucket.changes).toEqual(before);
    expect(world.offered()).toEqual({});
    await world.promote('1.0.0');
    const promoted = [...world.bucket.changes];
    expect(await world.promote('1.0.0', true)).toEqual({ executed: false, writes: [] });
    expect(world.bucket.changes).toEqual(promoted);
  });

  it('of a ramp and a yank', async () => {
    const { bucket, ports, server, ...world } = await updateWorld('1.0.0');
    await world.publish('1.0.0');
    await world.promote('1.0.0');
    const before = [...bucket.changes];
    const ramp = { version: '1.0.0', percent: 10, what: 'ramp', consent: DRY };
    const yank = { version: '1.0.0', reason: '', rollForward: undefined, consent: DRY };
    expect((await rampRelease(ramp, server, ports)).executed).toBe(false);
    expect((await yankRelease(yank, server, ports)).executed).toBe(false);
    expect(bucket.changes).toEqual(before);
  });

  it('although the same runs without it do', async () => {
    const world = await updateWorld('1.0.0');
    await world.publish('1.0.0');
    const published = world.bucket.changes.length;
    await world.promote('1.0.0');
    expect(published).toBeGreaterThan(5);
    expect(world.bucket.changes.length).toBeGreaterThan(published + 6);
    expect(Object.values(world.offered())).toEqual(Array(6).fill('1.0.0 100'));
  });
});

describe('a publication', () => {
  const staged = (text: string) => {
    const read = parseManifest(text);
    if (!('manifest' in read)) throw new Error(read.problems.join());
    return read.manifest;
  };

  it('tells of the block map inside an AppImage, and of the architecture in its name', async () => {
    const world = await updateWorld('1.0.0');
    const arm = 'FACTSWAY-Setup-1.0.0-arm64.AppImage';
    world.ports.files.put(`${directoryOf('1.0.0')}/${arm}`, 'for another processor');
    await world.publish('1.0.0');
    const linux = staged(world.bucket.text('staged/1.0.0/latest-linux.yml'));
    expect(linux.files).toEqual([
      expect.objectContaining({ url: 'FACTSWAY-Setup-1.0.0.AppImage', blockMapSize: INSIDE }),
    ]);
    expect(staged(world.bucket.text('staged/1.0.0/latest-linux-arm64.yml')).path).toBe(arm);
    const windows = staged(world.bucket.text('staged/1.0.0/latest.yml'));
    expect(windows.files.map((file) => 'blockMapSize' in file)).toEqual([false]);
  });

  it('of an installer of another version is refused, and nothing was sent', async () => {
    const world = await updateWorld('1.0.0', '1.1.0');
    await world.publish('1.0.0');
    const before = everything(world.bucket);
    const { files } = world.ports;
    const exe = files.text(`${directoryOf('1.0.0')}/FACTSWAY-Setup-1.0.0.exe`) ?? '';
    files.put(`${directoryOf('1.1.0')}/FACTSWAY-Setup-1.1.0.exe`, exe);
    const error = await rejectionOf(world.publish('1.1.0'));
    expect([error.code, error.details]).toEqual([
      'FW-RELEASE-SAME-FILES',
      ['FACTSWAY-Setup-1.1.0.exe is byte for byte FACTSWAY-Setup-1.0.0.exe'],
    ]);
    expect(everything(world.bucket)).toEqual(before);
  });
});
