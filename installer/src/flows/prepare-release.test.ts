import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY, imagesOf, observedRunning } from '../../../test/fakes/builders.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { ReleaseHistory } from '../model/release-history.ts';
import { MIGRATIONS } from '../catalog/components/migrations.ts';
import type { Docker } from '../ports/docker.ts';
import { prepareRollback, prepareUpgrade } from './prepare-release.ts';

/** A PostgreSQL of the customer's has no restore points, so nothing has to be asked inside a container. */
const EXTERNAL = {
  mode: 'external',
  external: { host: 'db.example.com', tls: { mode: 'require' } },
};
const settings = () => ({
  images: { source: 'debian' },
  host: { memory: '16GiB', cores: 4 },
  release: { version: '1.2.0' },
  postgres: EXTERNAL,
});
const HISTORY: ReleaseHistory = {
  version: '1.2.0',
  history: ['1.0.0', '1.1.0', '1.2.0'].map((version) => ({ version, requiredStop: false })),
  migrations: [
    { name: '0001_first', release: '1.0.0', kind: 'expand', down: true },
    { name: '0002_second', release: '1.1.0', kind: 'expand', down: true },
    { name: '0003_third', release: '1.2.0', kind: 'expand', down: true },
  ],
};
type Migration = ReleaseHistory['migrations'][number];
const withLast = (change: Partial<Migration>): ReleaseHistory => ({
  ...HISTORY,
  migrations: HISTORY.migrations.map((one, index) => (index === 2 ? { ...one, ...change } : one)),
});

let ports: FakePorts;
let said: ReleaseHistory | undefined;
beforeEach(() => {
  said = HISTORY;
  const docker = panicking<Docker>('docker', {
    containers: async () =>
      observedRunning(desiredWith(settings())).containers.filter(
        ({ service }) => service !== 'alertmanager',
      ),
    images: async (references) => {
      const known = imagesOf(desiredWith(settings()).catalog);
      return Object.fromEntries(
        references.flatMap((reference) => {
          const image = known[reference];
          const release = reference.includes(MIGRATIONS) && said ? JSON.stringify(said) : undefined;
          return image ? [[reference, { ...image, ...(release ? { release } : {}) }]] : [];
        }),
      );
    },
  });
  ports = fakePorts({ docker });
  ports.files.put(`${DIRECTORY}/factsway.yaml`, 'project: factsway\n');
});

const upgrade = (wish: object = {}, wanted: object = settings()) =>
  prepareUpgrade(
    { from: '1.0.0', to: '1.2.0', strategy: 'slots', allowContract: false, ...wish },
    desiredWith(wanted),
    ports,
  );

describe('what lies before an upgrade', () => {
  it('is told in sentences', async () => {
    const { change, notes } = await upgrade();
    expect(change).toMatchObject({ kind: 'upgrade', replaced: [] });
    expect(change.oneWay).toBeUndefined();
    expect(notes[0]).toBe('1.0.0 → 1.2.0');
    const text = notes.join('\n');
    for (const part of ['1.1.0', '0002_second', '0003_third', 'Expected downtime: none'])
      expect(text).toContain(part);
  });

  it('says plainly that of a database elsewhere there is no restore point', async () => {
    const { change, notes } = await upgrade();
    expect(change.restorePoint).toBeUndefined();
    expect(notes.join('\n')).toContain('PostgreSQL of your own');
  });

  it.each([
    [
      'removes what the release of now needs',
      { kind: 'contract' } as const,
      {},
      '--allow-contract',
    ],
    ['cannot be taken back', { down: false }, {}, '--strategy recreate'],
    [
      'removes it, with leave, but beside what serves',
      { kind: 'contract' } as const,
      { allowContract: true },
      '--strategy recreate',
    ],
  ])(
    'a migration that %s is refused with the command that has it run',
    async (_, last, wish, hint) => {
      said = withLast(last);
      const error = await rejectionOf(upgrade(wish));
      expect([error.code, error.exitCode]).toEqual(['FW-UPGRADE-CONTRACT', 3]);
      expect(error.message).toContain('0003_third');
      expect(error.hint).toContain(hint);
      const leave = { allowContract: true, strategy: 'recreate' };
      expect((await upgrade(leave)).change).toMatchObject({ oneWay: true, allowContract: true });
    },
  );

  it('too little memory for two releases leads to the other strategy', async () => {
    const small = {
      ...settings(),
      postgres: { mode: 'bundled' },
      host: { memory: '6GiB', cores: 2 },
    };
    const error = await rejectionOf(upgrade({}, small));
    expect([error.code, error.exitCode]).toEqual(['FW-UPGRADE-MEMORY', 3]);
    expect(error.hint).toContain('upgrade --to 1.2.0 --strategy recreate');
  });

  it('a required stop is refused with the way there', async () => {
    const [first, stop, last] = HISTORY.history;
    if (!first || !stop || !last) throw new Error('the history has three releases');
    said = { ...HISTORY, history: [first, { ...stop, requiredStop: true }, last] };
    const error = await rejectionOf(upgrade());
    expect(error.code).toBe('FW-REQUIRED-STOP');
    expect(error.hint).toContain('upgrade --to 1.1.0');
  });

  it('an image that says nothing of its release leaves what is not known out of the plan', async () => {
    said = undefined;
    const { notes } = await upgrade();
    expect(notes.join('\n')).toContain('does not say');
  });
});

describe('what lies before a rollback', () => {
  const back = (
    serving: ReleaseHistory | undefined,
    { postgres = EXTERNAL }: { postgres?: object } = {},
  ) =>
    prepareRollback(
      { from: '1.2.0', to: '1.0.0', strategy: 'slots', allowContract: false },
      { serving, desired: desiredWith({ ...settings(), postgres }) },
      ports,
    );

  it('is nothing, where the schema of now serves the release of before as well', async () => {
    expect((await back(HISTORY)).change).toMatchObject({ kind: 'rollback', to: '1.0.0' });
  });

  it('is a refusal that names the way with a restore point, where it does not', async () => {
    const error = await rejectionOf(back(withLast({ kind: 'contract' }), { postgres: {} }));
    expect([error.code, error.exitCode]).toEqual(['FW-ROLLBACK-SCHEMA', 3]);
    expect(error.message).toContain('0003_third');
    expect(error.hint).toContain('rollback --point');
  });

  it('names whoever runs the PostgreSQL, where no restore point can be made of it', async () => {
    const error = await rejectionOf(back(withLast({ kind: 'contract' })));
    expect(error.code).toBe('FW-ROLLBACK-SCHEMA');
    expect(error.hint).not.toContain('--point');
    expect(error.hint).toContain('whoever runs your PostgreSQL');
  });
});
