import { describe, expect, it } from 'vitest';
import { desiredWith, observedRunning } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { Footprint } from '../model/footprint.ts';
import { formatPlan, planLines } from '../model/plan-text.ts';
import { planUninstall, refuseOutsiders } from './plan-uninstall.ts';

const FILES = [
  '.env',
  'compose.override.yaml',
  'compose.yaml',
  'config/edge/Caddyfile',
  'factsway.yaml',
  'notes.txt',
  'releases/1.0.0/release.json',
  'secrets/postgres-app-password',
  'secrets/tls.key',
  'state/applied.json',
  'state/backups/1/db.dump',
  'state/edited/run-1/compose.yaml',
  'state/journal.jsonl',
  'state/lock',
  'state/made.json',
  'state/manifest.json',
  'state/previous/compose.yaml',
];
const DIRECTORIES = [
  'config',
  'config/edge',
  'releases',
  'releases/1.0.0',
  'secrets',
  'state',
  'state/backups',
  'state/backups/1',
  'state/edited',
  'state/edited/run-1',
  'state/previous',
];
const RUNNING: Footprint = {
  directory: '/opt/factsway',
  project: 'factsway',
  containers: observedRunning(desiredWith()).containers.slice(0, 2),
  networks: ['edge', 'data'],
  volumes: [
    { name: 'edge-data', fullName: 'factsway_edge-data' },
    { name: 'postgres-data', fullName: 'factsway_postgres-data' },
    { name: 'theirs', fullName: 'factsway_theirs' },
  ],
  unproven: [],
  images: [{ reference: 'caddy:2' }, { reference: 'prom:3', stays: 'container x uses it' }],
  tree: [
    ...FILES.map((path) => ({ path, kind: 'file' as const })),
    ...DIRECTORIES.map((path) => ({ path, kind: 'directory' as const })),
  ],
  rendered: ['.env', 'compose.yaml', 'config/edge/Caddyfile', 'config/gone'],
  edited: [],
};
const plan = (purge: boolean, given: Partial<Footprint> = {}) =>
  planUninstall({ ...RUNNING, ...given }, purge);
const filesOf = (purge: boolean, given: Partial<Footprint> = {}) =>
  plan(purge, given).plan.steps.flatMap(({ action }) =>
    action.kind === 'RemoveFiles' ? [action] : [],
  );

it.each([false, true])('a directory left empty goes as well, with purge: %s', (purge) => {
  const left = ['config/grafana', 'config/grafana/provisioning'];
  const tree = [...RUNNING.tree, ...left.map((path) => ({ path, kind: 'directory' as const }))];
  const removed = filesOf(purge, { tree }).flatMap(({ directories }) => directories);
  expect(removed.filter((path) => left.includes(path)).slice(0, 2)).toEqual(left.toReversed());
  expect(plan(purge, { tree }).stays.notOurs).toEqual(plan(purge).stays.notOurs);
});

describe('without --purge', () => {
  it('containers, networks and what can be rendered again go', () => {
    expect(formatPlan(plan(false).plan)).toBe(
      [
        'Uninstall, and keep the data:',
        '  [1] StopProject factsway (2 containers, 2 networks) because the platform is to go; its data stays',
        '  [2] RemoveFiles 7 files because factsway.yaml renders them again, after 1',
      ].join('\n'),
    );
  });

  it('the manifest goes after the files it names, and directories when they are empty', () => {
    expect(filesOf(false)).toEqual([
      {
        kind: 'RemoveFiles',
        files: [
          '.env',
          'compose.yaml',
          'config/edge/Caddyfile',
          'releases/1.0.0/release.json',
          'state/applied.json',
          'state/previous/compose.yaml',
          'state/manifest.json',
        ],
        directories: ['config/edge', 'releases/1.0.0', 'state/previous', 'config', 'releases'],
        copies: [],
      },
    ]);
  });

  it('what says in which volume the data is stays with it, and goes with it', () => {
    const record = 'state/data-volume.json';
    const tree = [...RUNNING.tree, { path: record, kind: 'file' as const }];
    const removed = (purge: boolean): boolean =>
      plan(purge, { tree }).plan.steps.some(
        ({ action }) => action.kind === 'RemoveFiles' && action.files.includes(record),
      );
    expect([removed(false), removed(true)]).toEqual([false, true]);
  });

  it('data stays, and so does what is not ours', () => {
    expect(plan(false).stays).toEqual({
      volumes: ['factsway_edge-data', 'factsway_postgres-data', 'factsway_theirs'],
      unproven: [],
      files: ['compose.override.yaml', 'factsway.yaml', 'secrets/', 'state/'],
      notOurs: ['notes.txt', 'secrets/tls.key'],
      images: [
        { reference: 'caddy:2', because: 'images go with --purge only' },
        { reference: 'prom:3', because: 'images go with --purge only' },
      ],
    });
  });

  it('of a file that somebody edited a copy is kept', () => {
    const [action] = filesOf(false, { edited: ['compose.yaml'] });
    expect(action?.copies).toEqual(['compose.yaml']);
    expect(formatPlan(plan(false, { edited: ['compose.yaml'] }).plan)).toContain(
      'of compose.yaml, edited by hand, a copy is kept in state/edited',
    );
  });

  it('nothing is destroyed', () => {
    expect(plan(false).plan.steps.filter(({ destroys }) => destroys !== undefined)).toEqual([]);
  });
});

describe('with --purge', () => {
  it('volumes, images nobody else uses, and the data in the directory go too, and it says so', () => {
    expect(formatPlan(plan(true).plan)).toBe(
      [
        'Uninstall, and destroy all data:',
        '  [1] StopProject factsway (2 containers, 2 networks) because the platform is to go',
        '  [2] RemoveVolumes edge-data, postgres-data, theirs because the data is to go as well, after 1 DESTROYS certificates and the private certificate authority; the database; factsway_theirs',
        '  [3] RemoveImages caddy:2 because this installation brought them, and nobody else uses them, after 1',
        '  [4] RemoveFiles 7 files because the installation made them, after 1, 2, 3',
        '  [5] RemoveFiles 6 files because the data is to go as well, after 1, 2, 3, 4 DESTROYS one secret, compose.override.yaml, factsway.yaml, state/backups, state/edited',
      ].join('\n'),
    );
    expect(planLines(plan(true).plan)[1]?.cause).toContain('DESTROYS');
  });

  it('factsway.yaml goes last of all, and what the run itself needs is left to it', () => {
    const [, data] = filesOf(true);
    expect(data?.files.slice(-2)).toEqual(['state/made.json', 'factsway.yaml']);
    expect(data?.directories).toEqual([
      'state/backups/1',
      'state/edited/run-1',
      'config/edge',
      'releases/1.0.0',
      'state/backups',
      'state/edited',
      'state/previous',
      'config',
      'releases',
      'secrets',
    ]);
  });

  it('only what is not ours, and what others use, stays', () => {
    expect(plan(true).stays).toEqual({
      volumes: [],
      unproven: [],
      files: [],
      notOurs: ['notes.txt', 'secrets/tls.key'],
      images: [{ reference: 'prom:3', because: 'container x uses it' }],
    });
  });

  it('an edit by hand is among what is destroyed', () => {
    expect(formatPlan(plan(true, { edited: ['compose.yaml'] }).plan)).toContain(
      'DESTROYS what was edited by hand in compose.yaml',
    );
  });
});

it('a certificate that was brought in is data: it stays, and goes with --purge', () => {
  const pair = ['config/edge/tls/ab.crt', 'secrets/edge-tls/ab.key'];
  const tree = [...RUNNING.tree, ...pair.map((path) => ({ path, kind: 'file' as const }))];
  const [kept] = filesOf(false, { tree });
  for (const path of pair) expect(kept?.files).not.toContain(path);
  expect(plan(false, { tree }).stays.notOurs).toEqual(plan(false).stays.notOurs);
  expect(filesOf(true, { tree })[1]?.files).toEqual(expect.arrayContaining(pair));
});

it('what a killed run left half written is not planned: the next run removes it first', () => {
  const half = ['compose.yaml.factsway-new', 'secrets/postgres-app-password.factsway-42'];
  const tree = [...RUNNING.tree, ...half.map((path) => ({ path, kind: 'file' as const }))];
  for (const purge of [true, false]) expect(plan(purge, { tree })).toEqual(plan(purge));
});

it('what is gone is not planned again', () => {
  const gone = { containers: [], networks: [], volumes: [], images: [], tree: [], rendered: [] };
  for (const purge of [true, false]) {
    const { plan: rest } = plan(purge, gone);
    expect(rest.steps).toEqual([]);
  }
});

it('without a project nothing is asked of the engine', () => {
  const { plan: rest } = plan(true, { project: undefined, images: [] });
  expect(rest.steps.map(({ action }) => action.kind)).toEqual(['RemoveFiles', 'RemoveFiles']);
});

describe('a container of somebody else', () => {
  const network = { container: 'proxy', uses: 'network' as const, fullName: 'factsway_edge' };
  const volume = { container: 'copier', uses: 'volume' as const, fullName: 'factsway_edge-data' };

  it('keeps its network, with or without --purge', () => {
    for (const purge of [true, false]) {
      const error = errorOf(() => {
        refuseOutsiders([network], purge);
      });
      expect(error.code).toBe('FW-IN-USE');
      expect(error.hint).toContain('docker network disconnect factsway_edge proxy');
    }
  });

  it('keeps its volume, which only --purge would take', () => {
    refuseOutsiders([volume], false);
    const error = errorOf(() => {
      refuseOutsiders([volume], true);
    });
    expect(error.message).toContain('copier (volume factsway_edge-data)');
    expect(error.hint).toContain('docker rm copier');
  });
});
