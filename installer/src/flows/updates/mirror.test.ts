import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { updateMirror } from '../../adapters/updates/update-mirror.ts';
import { CHANNELS } from '../../model/updates/protocol.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { panicking } from '../../../../test/fakes/panic.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { Prompter } from '../../ports/prompter.ts';
import { mirrorUpdates } from './mirror.ts';

async function offer(directory: string, version: string): Promise<void> {
  const name = `FACTSWAY-Setup-${version}.exe`;
  const sha512 = createHash('sha512').update(version).digest('base64');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, name), version);
  await writeFile(
    join(directory, 'latest.yml'),
    `version: ${version}
files: [{url: ${name}, sha512: ${sha512}, size: ${version.length}}]
path: ${name}
sha512: ${sha512}
releaseDate: '2026-03-01T00:00:00.000Z'
`,
  );
}

/** Copies 1.2.0 from one directory; somebody else does something while it is asked, and while it reads a file. */
const copy = (
  root: string,
  from: string,
  to: string,
  whileAsked: () => Promise<unknown> = () => Promise.resolve(),
  whileRead: () => Promise<unknown> = () => Promise.resolve(),
) =>
  mirrorUpdates(
    {
      ...{ directory: root, to, channels: CHANNELS, version: '1.2.0', keep: 2 },
      source: {
        from,
        updates: { path: '/none', isNamed: false },
        ...{ region: undefined, endpoint: undefined },
      },
      consent: { yes: false, dryRun: false },
    },
    fakePorts({
      updateMirror: {
        ...updateMirror,
        async source(...asked) {
          const source = await updateMirror.source(...asked);
          return {
            ...source,
            async read(name) {
              await whileRead();
              return source.read(name);
            },
          };
        },
      },
      prompter: panicking<Prompter>('prompter', {
        confirm: async () => {
          await whileAsked();
          return true;
        },
      }),
    }),
    () => '',
  );

it('what was agreed to is not carried out on a mirror that somebody filled meanwhile', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mirror-'));
  const [older, newer, to] = ['older', 'newer', 'to'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await offer(older, '1.2.0');
  await offer(newer, '1.3.0');
  const error = await rejectionOf(copy(root, older, to, () => offer(to, '1.3.0')));
  expect(error.code).toBe('FW-MIRROR-MEANWHILE');
  expect(await readFile(join(to, 'latest.yml'), 'utf8')).toContain('version: 1.3.0');
  expect((await copy(root, older, to)).executed).toBe(true);
  expect(await readFile(join(to, 'latest.yml'), 'utf8')).toContain('version: 1.2.0');
  await rm(root, { recursive: true });
});

it.each(['disk', 'updates.tar'])(
  'of two who fill %s at once the second is refused, and touches nothing',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'mirror-'));
    const [from, to] = [join(root, 'from'), join(root, name)];
    await offer(from, '1.2.0');
    let second: string | undefined;
    await copy(root, from, to, undefined, async () => {
      const before = await readdir(root, { recursive: true });
      second = (await rejectionOf(copy(root, from, to))).code;
      expect(await readdir(root, { recursive: true })).toEqual(before);
    });
    expect(second).toBe('FW-LOCKED');
    const left = await readdir(root, { recursive: true });
    expect(left.filter((one) => /lock|parts|factsway/.test(one))).toEqual([]);
    const made = await updateMirror.source(to, {
      ...{ region: undefined, endpoint: undefined, forcePathStyle: undefined },
    });
    expect(await made.readText('latest.yml')).toContain('version: 1.2.0');
    await rm(root, { recursive: true });
  },
);
