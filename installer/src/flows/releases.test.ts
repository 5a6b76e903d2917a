import { expect, it } from 'vitest';
import { DIRECTORY, without } from '../../../test/fakes/builders.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { formatReleases } from '../cli/format-releases.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';
import { releases } from './releases.ts';

/** Images on the host: id by reference. */
function world(here: Readonly<Record<string, string>> | 'away') {
  const images: Docker['images'] = async (references) => {
    if (here === 'away') throw new FactswayError('FW-DOCKER-UNREACHABLE', 'Nobody answers.', '');
    return Object.fromEntries(
      references.flatMap((reference) => {
        const id = here[reference];
        return id === undefined ? [] : [[reference, { reference, id, version: '' }]];
      }),
    );
  };
  const ports = fakePorts({ docker: panicking<Docker>('docker', { images }) });
  const record = (version: string, slot: string, recordedAt: string, digests = {}): void => {
    const text = JSON.stringify({
      version,
      slot,
      recordedAt,
      images: { [`x:${version}`]: `id-${version}`, [`y:${version}`]: `id-y-${version}` },
      digests,
    });
    ports.files.put(`${DIRECTORY}/releases/${version}/release.json`, text);
  };
  record('1.0.0', 'a', '2026-01-02T03:04:05.000Z', { 'x:1.0.0': 'sha256:abc' });
  record('1.1.0', 'b', '2026-02-02T03:04:05.000Z');
  ports.files.put(
    `${DIRECTORY}/state/release.json`,
    JSON.stringify({ version: '1.1.0', slot: 'b' }),
  );
  return ports;
}

const ALL = {
  'x:1.0.0': 'id-1.0.0',
  'y:1.0.0': 'id-y-1.0.0',
  'x:1.1.0': 'id-1.1.0',
  'y:1.1.0': 'id-y-1.1.0',
};

it('are listed latest first, with the one that serves and those that could be returned to', async () => {
  const found = await releases(DIRECTORY, world(ALL));
  expect(
    found.releases.map(({ version, serves, returnable }) => [version, serves, returnable]),
  ).toEqual([
    ['1.1.0', true, true],
    ['1.0.0', false, true],
  ]);
  expect(formatReleases(found, false)).toBe(
    [
      '   RELEASE  SLOT  SINCE (UTC)       IMAGES',
      '→  1.1.0    b     2026-02-02 03:04  2 of 2  serves',
      '   1.0.0    a     2026-01-02 03:04  2 of 2  its images are here',
    ].join('\n'),
  );
});

it('cannot be returned to when an image is gone, or its name leads to another one', async () => {
  for (const [id, words] of [
    [undefined, 'gone'],
    ['id-new', 'another image has this name now'],
  ] as const) {
    const rest = without(ALL, 'y:1.0.0');
    const found = await releases(
      DIRECTORY,
      world(id === undefined ? rest : { ...rest, 'y:1.0.0': id }),
    );
    expect(found.releases[1]?.returnable).toBe(false);
    expect(formatReleases(found, false)).toContain(
      `1 of 2  cannot be returned to: y:1.0.0: ${words}`,
    );
  }
});

it('show their images by digest, or by id where they have none', async () => {
  const text = formatReleases(await releases(DIRECTORY, world({})), true);
  expect(text).toContain('  x:1.0.0  sha256:abc  gone');
  expect(text).toContain('  y:1.0.0  id-y-1.0.0  gone');
});

it('are listed without an engine too; nothing is said of their images', async () => {
  const found = await releases(DIRECTORY, world('away'));
  expect(found.releases.map(({ returnable }) => returnable)).toEqual([null, null]);
  expect(formatReleases(found, false)).toContain('Images were not looked at: Nobody answers.');
});

it('are none before the first start, and a directory without an instance is refused', async () => {
  const ports = world(ALL);
  ports.files.put('/new/factsway.yaml', '');
  const found = await releases('/new', ports);
  expect(formatReleases(found, false)).toMatch(/^No release has served here yet/);
  expect((await rejectionOf(releases('/nowhere', ports))).code).toBe('FW-NO-INSTANCE');
});

it('a record that was damaged is left out', async () => {
  const ports = world(ALL);
  ports.files.put(`${DIRECTORY}/releases/1.0.0/release.json`, '{');
  expect((await releases(DIRECTORY, ports)).releases).toHaveLength(1);
});
