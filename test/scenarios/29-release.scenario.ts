import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseManifest } from '../../installer/src/config/parse-manifest.ts';
import { startS3, type S3Server } from '../updates/emulator/s3-server.ts';
import {
  BUCKET,
  buildRelease,
  release,
  releaseKilledAt,
  REPLICA,
  UpdateBucket,
  writeSettings,
} from './support/update-server.ts';

const PORT = 27_210;
let moto: S3Server;
let bucket: UpdateBucket;
let built: Record<string, string>;

beforeAll(async () => {
  moto = await startS3('factsway-release-s3', 27_211);
  bucket = await UpdateBucket.start(PORT, moto.endpoint);
  await writeSettings(PORT);
  built = Object.fromEntries(
    await Promise.all(
      ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map(async (version) => [
        version,
        await buildRelease(version),
      ]),
    ),
  ) as Record<string, string>;
  await publish('1.0.0');
  expect((await release('promote', '1.0.0')).errors).toEqual([]);
}, 300_000);
afterAll(async () => {
  bucket.close();
  await moto.remove();
});
beforeEach(() => {
  bucket.changes = [];
});

async function publish(version: string): Promise<void> {
  const run = await release('publish', built[version] ?? '', '--version', version);
  expect(run.errors).toEqual([]);
  await bucket.replicate();
}

const NAMES = ['latest.yml', 'latest-mac.yml'] as const;
/** Version and percent that each system is offered; a manifest that no client could read is an error. */
async function live(): Promise<string[]> {
  return Promise.all(
    NAMES.map(async (name) => {
      const text = await bucket.offered(name);
      if (text === '') return 'none';
      const read = parseManifest(text);
      if (!('manifest' in read)) throw new Error(`${name}: ${read.problems.join(', ')}`);
      for (const { url, size } of read.manifest.files) {
        const file = await fetch(`http://127.0.0.1:${PORT}/public/${url}`);
        if ((await file.arrayBuffer()).byteLength !== size)
          throw new Error(`${name} is live before ${url}`);
      }
      return `${read.manifest.version} ${read.manifest.stagingPercentage ?? 100}`;
    }),
  );
}

it('a publication that is killed after any of its changes leaves what is live alone, and the same command finishes it', async () => {
  const argv = ['publish', built['1.1.0'] ?? '', '--version', '1.1.0'] as const;
  let kills = 0;
  for (let nth = 1; await releaseKilledAt(bucket, nth === 1 ? 1 : 2, ...argv); nth += 1) {
    kills += 1;
    expect(await live()).toEqual(['1.0.0 100', '1.0.0 100']);
    expect(nth).toBeLessThan(40);
  }
  expect(kills).toBeGreaterThan(5);
  const before = await bucket.listing();
  bucket.changes = [];
  const again = await release('publish', built['1.1.0'] ?? '', '--version', '1.1.0');
  expect([again.errors, again.result?.['unchanged']]).toEqual([[], true]);
  expect([await bucket.listing(), bucket.changes]).toEqual([before, []]);
}, 240_000);

it('a published version is never replaced by another content', async () => {
  const other = await buildRelease('1.1.0', 199_000);
  const before = await bucket.listing();
  const run = await release('publish', other, '--version', '1.1.0');
  expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-RELEASE-EXISTS']);
  expect(await bucket.listing()).toBe(before);
});

const sha512 = (content: Buffer): string => createHash('sha512').update(content).digest('base64');
const hashOfName = (name: string): string => sha512(Buffer.from(name));

const EXE = 'FACTSWAY-Setup-1.1.0.exe';
it.each<[string, string, () => Promise<unknown>]>([
  ['not replicated', 'is missing', () => Promise.resolve()],
  [
    'missing',
    'is missing',
    () => bucket.s3.send(new DeleteObjectCommand({ Bucket: REPLICA, Key: EXE })),
  ],
  [
    'of another size',
    'has 3 bytes, not 200000',
    () => bucket.plant(REPLICA, EXE, Buffer.from('bad'), hashOfName(EXE)),
  ],
  [
    'of another hash',
    'has another SHA-512',
    () => bucket.plant(REPLICA, EXE, Buffer.alloc(200_000), sha512(Buffer.alloc(200_000))),
  ],
])(
  'promote refuses a release with an object that is %s, and changes nothing',
  async (what, reason, plant) => {
    if (what !== 'not replicated') await bucket.replicate();
    await plant();
    const before = await bucket.listing();
    bucket.changes = [];
    const run = await release('promote', '1.1.0');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-RELEASE-INCOMPLETE']);
    expect(run.errors[0]?.details).toContain(`s3://${REPLICA} (eu-west-1)/${EXE}: ${reason}`);
    expect([await bucket.listing(), bucket.changes]).toEqual([before, []]);
  },
);

it.each([
  ['an installer in another region', REPLICA, EXE],
  ['an installer', BUCKET, EXE],
  ['a block map', BUCKET, `${EXE}.blockmap`],
])(
  'other bytes under the name, size and SHA-512 of %s are refused by promote',
  async (_, where, name) => {
    await bucket.replicate();
    const key = { Bucket: where, Key: name };
    const { Body, Metadata, ContentLength = 0 } = await bucket.s3.send(new GetObjectCommand(key));
    const good = Buffer.from((await Body?.transformToByteArray()) ?? []);
    await bucket.plant(where, name, Buffer.alloc(ContentLength), Metadata?.['sha512'] ?? '');
    const run = await release('promote', '1.1.0');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-RELEASE-INCOMPLETE']);
    expect(run.errors[0]?.details?.[0]).toContain(
      `${name}: holds other bytes than its SHA-512 says`,
    );
    await bucket.plant(where, name, good, Metadata?.['sha512'] ?? '');
  },
);

it('a promotion that is killed after any of its changes leaves each manifest old or new, and the same command finishes it', async () => {
  let kills = 0;
  for (
    let nth = 1;
    await releaseKilledAt(bucket, nth === 1 ? 1 : 2, 'promote', '1.1.0', '--percent', '10');
    nth += 1
  ) {
    kills += 1;
    for (const one of await live()) expect(['1.0.0 100', '1.1.0 10']).toContain(one);
    expect(nth).toBeLessThan(40);
  }
  expect(kills).toBeGreaterThan(3);
  expect(await live()).toEqual(['1.1.0 10', '1.1.0 10']);
  const { result } = await release('list', '--audit');
  const changes = result?.['changes'] as { what: string; outcome: string }[];
  const promotions = changes
    .filter(({ what }) => what === 'promote 1.1.0')
    .map(({ outcome }) => outcome);
  expect(promotions).toContain('cut off');
}, 240_000);

it('a change whose answer is lost on its way back is known for what it is: done', async () => {
  let lost = 0;
  bucket.losesAnswerTo = (what) => IS_MANIFEST.test(what) && (lost += 1) > 0;
  const run = await release('ramp', '40');
  bucket.losesAnswerTo = () => false;
  expect([run.errors, lost]).toEqual([[], 6]);
  expect(await live()).toEqual(['1.1.0 40', '1.1.0 40']);
});

it('an older version is refused, and what is live can be ramped up and paused', async () => {
  const older = await release('promote', '1.0.0');
  expect([older.exitCode, older.errors[0]?.code]).toEqual([3, 'FW-RELEASE-NOT-NEWER']);
  expect((await release('ramp', '25')).errors).toEqual([]);
  expect(await live()).toEqual(['1.1.0 25', '1.1.0 25']);
  expect((await release('pause')).errors).toEqual([]);
  expect(await live()).toEqual(['1.1.0 0', '1.1.0 0']);
  expect((await release('ramp', '100')).errors).toEqual([]);
  expect(await live()).toEqual(['1.1.0 100', '1.1.0 100']);
});

const IS_MANIFEST = /^PUT [a-z0-9-]+\.yml/;
/** Whoever calls the first goes on once so many have; the second says when that was. */
function meeting(size: number): [() => Promise<void>, Promise<void>] {
  let arrived = 0;
  let open: () => void = () => undefined;
  const together = new Promise<void>((resolve) => (open = resolve));
  const arrive = (): Promise<void> => {
    if ((arrived += 1) === size) open();
    return together;
  };
  return [arrive, together];
}

it('of two promotions at once one wins, the other says so, and nothing is broken', async () => {
  await publish('1.2.0');
  await publish('1.3.0');
  // Neither writes its first manifest before both have looked: what they found is the same.
  const [writing, bothWrite] = meeting(2);
  bucket.beforeChange = (what) => (IS_MANIFEST.test(what) ? writing() : Promise.resolve());
  const versions = ['1.2.0', '1.3.0'];
  const runs = await Promise.all(versions.map((version) => release('promote', version)));
  await bothWrite;
  bucket.beforeChange = () => Promise.resolve();
  const codes = runs.map(({ errors }) => errors[0]?.code ?? 'won');
  expect(codes.toSorted()).toEqual(['FW-RELEASE-RACE', 'won']);
  const winner = versions[codes.indexOf('won')] ?? '';
  expect(await live()).toEqual([`${winner} 100`, `${winner} 100`]);
  expect(runs[codes.indexOf('FW-RELEASE-RACE')]?.errors[0]?.message).toContain(
    'nothing was changed by this run',
  );
  expect((await release('promote', '1.3.0')).errors).toEqual([]);
  expect(await live()).toEqual(['1.3.0 100', '1.3.0 100']);
});

it('a yanked version is offered to nobody, can never be promoted again, and its way forward has to be built', async () => {
  const forward = ['--roll-forward', '1.3.1', '--from', '1.2.0', '--reason', 'loses drafts'];
  const yanked = await release('yank', '1.3.0', ...forward);
  expect([yanked.exitCode, yanked.errors[0]?.code]).toEqual([3, 'FW-RELEASE-REBUILD']);
  expect(await live()).toEqual(['1.3.0 0', '1.3.0 0']);
  expect((await release('promote', '1.3.0')).errors[0]?.code).toBe('FW-RELEASE-YANKED');
  expect((await release('ramp', '50')).errors[0]?.code).toBe('FW-RELEASE-YANKED');
  built['1.3.1'] = await buildRelease('1.3.1');
  await publish('1.3.1');
  expect((await release('yank', '1.3.0', ...forward)).errors).toEqual([]);
  expect(await live()).toEqual(['1.3.1 100', '1.3.1 100']);
  const { result } = await release('list');
  const releases = result?.['releases'] as { version: string; yanked: string | null }[];
  expect(releases.find(({ version }) => version === '1.3.0')?.yanked).toBe('loses drafts');
});

it('a mirror is filled from the bucket that updates.yaml is about, without a word of where from', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'factsway-mirror-'));
  const run = await release('mirror', '--to', directory, '--keep', '1');
  expect([run.errors, run.result?.['from']]).toEqual([[], `s3://${BUCKET}`]);
  const names = ['exe', 'exe.blockmap', 'zip', 'zip.blockmap'];
  expect((await readdir(directory)).toSorted()).toEqual([
    ...names.map((ending) => `FACTSWAY-Setup-1.3.1.${ending}`),
    ...['alpha', 'beta', 'latest'].flatMap((one) => [`${one}-mac.yml`, `${one}.yml`]),
  ]);
  expect(await readFile(join(directory, 'latest.yml'), 'utf8')).toBe(
    await bucket.offered('latest.yml'),
  );
  const again = await release('mirror', '--to', directory);
  expect(again.result).toMatchObject({ copies: [], manifests: [], removes: [] });
  await rm(directory, { recursive: true });
});

it('an upload in parts that is killed goes on with the parts that are there', async () => {
  const directory = await buildRelease('1.4.0', 60 * 1024 * 1024);
  const argv = ['publish', directory, '--version', '1.4.0'];
  // Two audit and intent entries, the beginning of the upload, and then parts, of which there are eight.
  expect(await releaseKilledAt(bucket, 7, ...argv)).toBe(true);
  bucket.changes = [];
  const run = await release(...argv);
  expect(run.errors).toEqual([]);
  expect(Number(run.result?.['keptParts'])).toBeGreaterThanOrEqual(4);
  const parts = (changes: string[]) => changes.filter((one) => one.includes('partNumber=')).length;
  expect(parts(bucket.changes)).toBe(16 - Number(run.result?.['keptParts']));
}, 240_000);
