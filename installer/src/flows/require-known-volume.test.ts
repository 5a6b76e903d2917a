import { describe, expect, it } from 'vitest';
import { containerOf, desiredWith, DIRECTORY, fileOf } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { dataVolume } from '../catalog/data-volume.ts';
import { lostVolume } from '../planner/lost-volume.ts';
import { readDataVolume } from './data-volume.ts';
import { requireKnownVolume } from './require-known-volume.ts';

const DESIRED = desiredWith({ images: { source: 'debian' }, backup: { mode: 'on' } });
const RECORD = `${DIRECTORY}/state/data-volume.json`;
const CORE = fileOf(DESIRED, 'compose.yaml');
const inGeneration = (number: number): string =>
  CORE.replaceAll('postgres-data-2', dataVolume(number + 1)).replaceAll(
    /postgres-data(?=[:\s])/g,
    dataVolume(number),
  );

const volumesUpTo = (last: number): string[] =>
  Array.from({ length: last }, (_, index) => dataVolume(index + 1));

describe('where the record of the volume is gone', () => {
  it.each([
    ['a platform without backups', { volumes: ['postgres-data', 'edge-data'] }],
    ['a new server', { volumes: [] }],
    ['one that was never restored', { volumes: volumesUpTo(2), rendered: 1, mounted: 1 }],
    ['the same, stopped and with its files gone', { volumes: volumesUpTo(2) }],
  ])('%s is in the first, and in no other', (_what, signs) => {
    expect(lostVolume(signs)).toBeUndefined();
  });

  it.each([
    ['there is room for a second move', { volumes: volumesUpTo(3) }],
    [
      'although somebody started from the first since',
      { volumes: volumesUpTo(3), rendered: 1, mounted: 1 },
    ],
    ['its container says so', { volumes: volumesUpTo(2), rendered: 1, mounted: 2 }],
    ['its Compose file says so', { volumes: volumesUpTo(2), rendered: 2 }],
  ])('one that has moved may be in any: %s', (_what, signs) => {
    expect(lostVolume(signs)).toEqual(signs.volumes.map((_, index) => index + 1));
  });
});

function world(options: {
  volumes: string[];
  rendered?: number;
  mounted?: number;
  record?: string;
}) {
  const { volumes, rendered, mounted, record } = options;
  const files = new MemoryFiles({
    ...(rendered === undefined ? {} : { [`${DIRECTORY}/compose.yaml`]: inGeneration(rendered) }),
    ...(record === undefined ? {} : { [RECORD]: record }),
  });
  const engine = new FakeEngine(DESIRED);
  const postgres = DESIRED.catalog.workloads.find(({ id }) => id === 'postgres');
  if (!postgres) throw new Error('no postgres');
  const container = {
    ...containerOf(postgres, DESIRED),
    mounted: { '/var/lib/postgresql/data': `factsway_${dataVolume(mounted ?? 1)}` },
  };
  const docker = {
    ...engine.docker,
    volumes: async () => volumes,
    containers: async () => (mounted === undefined ? [] : [container]),
  };
  return { files, docker };
}

describe('what starts PostgreSQL', () => {
  it('is refused, with what speaks for which volume and how to say it', async () => {
    const ports = world({ volumes: volumesUpTo(3), rendered: 2, mounted: 2 });
    const error = await rejectionOf(requireKnownVolume(DESIRED, ports));
    expect([error.code, error.exitCode]).toEqual(['FW-DATA-VOLUME-UNKNOWN', 3]);
    expect(error.message).toContain('postgres-data, postgres-data-2, postgres-data-3');
    expect(error.hint).toContain(`echo '{"generation": 2}' > ${RECORD}`);
    expect(error.details).toEqual([
      'The container of PostgreSQL was made with postgres-data-2.',
      'compose.yaml names postgres-data-2.',
      expect.stringContaining('beside the backups'),
    ]);
  });

  it.each([
    [{ rendered: 1, mounted: 2 }],
    [{ rendered: 2, mounted: 3 }],
    [{ rendered: 1, mounted: 1 }],
    [{}],
  ])('is told no number where the signs do not agree on one (%j)', async (signs) => {
    const ports = world({ volumes: volumesUpTo(3), ...signs });
    const error = await rejectionOf(requireKnownVolume(DESIRED, ports));
    expect(error.hint).toContain(`echo '{"generation": NUMBER}'`);
  });

  it('goes on once a person has said it, with that volume', async () => {
    const ports = world({ volumes: volumesUpTo(3), rendered: 2, record: '{"generation": 2}' });
    await requireKnownVolume(DESIRED, ports);
    expect(await readDataVolume(DIRECTORY, ports.files)).toMatchObject({
      generation: 2,
      finished: true,
    });
  });

  it('goes on where nothing ever moved', async () => {
    await requireKnownVolume(DESIRED, world({ volumes: volumesUpTo(2), rendered: 1, mounted: 1 }));
    await requireKnownVolume(DESIRED, world({ volumes: [] }));
  });

  it.each(['', '{"gener', '{"generation": 0}', '[]'])(
    'is refused by a record of %j',
    async (record) => {
      const ports = world({ volumes: volumesUpTo(3), rendered: 2, record });
      const error = await rejectionOf(requireKnownVolume(DESIRED, ports));
      expect([error.code, error.hint]).toEqual([
        'FW-DATA-VOLUME-UNKNOWN',
        expect.stringContaining(`mv ${RECORD} ${RECORD}.broken`),
      ]);
    },
  );
});
