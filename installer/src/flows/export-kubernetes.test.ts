import { describe, expect, it } from 'vitest';
import { TEMPLATES } from '../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { fakePorts } from '../../../test/fakes/ports.ts';
import { recordingReporter } from '../../../test/fakes/reporter.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { sha256 } from '../render/digest.ts';
import { EXPORT_MANIFEST, exportKubernetes } from './export-kubernetes.ts';

const DIRECTORY = '/opt/factsway';
const OUT = '/out';
const instance = (override?: string): MemoryFiles =>
  new MemoryFiles({
    [`${DIRECTORY}/factsway.yaml`]: 'host:\n  name: law.example.com\n',
    ...(override === undefined ? {} : { [`${DIRECTORY}/compose.override.yaml`]: override }),
  });
const NOBODY = fakePorts();
const run = (
  files: MemoryFiles,
  options: { dryRun?: boolean; overwrite?: boolean; out?: string } = {},
) =>
  exportKubernetes(
    { directory: DIRECTORY, out: OUT, dryRun: false, overwrite: false, report: false, ...options },
    { ...NOBODY, files, templates: TEMPLATES, reporter: recordingReporter() },
  );
const writtenIn = (files: MemoryFiles): Record<string, string> =>
  Object.fromEntries(
    [...files.tree].flatMap(([path, { content }]) =>
      path.startsWith(`${OUT}/`) ? [[path, content] as const] : [],
    ),
  );

describe('an export', () => {
  it('writes the tree once, and then nothing', async () => {
    const files = instance();
    expect((await run(files)).changes.length).toBeGreaterThan(50);
    expect(files.tree.get(`${OUT}/deploy.sh`)?.mode).toBe(0o755);
    const before = files.changes.length;
    expect((await run(files)).changes).toEqual([]);
    expect(files.changes).toHaveLength(before);
  });

  it('writes nothing when it is only asked what it would do', async () => {
    const files = instance();
    const { changes, executed } = await run(files, { dryRun: true });
    expect(executed).toBe(false);
    expect(changes).toContainEqual({ path: 'deploy.sh', change: 'create' });
    expect(files.changes).toEqual([]);
  });

  it('brings back that a script can be run', async () => {
    const files = instance();
    await run(files);
    await files.setMode(`${OUT}/deploy.sh`, 0o644);
    expect((await run(files)).changes).toEqual([{ path: 'deploy.sh', change: 'permissions' }]);
    expect(files.tree.get(`${OUT}/deploy.sh`)?.mode).toBe(0o755);
  });

  it('touches nothing outside of its directory, whatever a tree of somebody else says', async () => {
    const files = instance();
    await run(files);
    const text = 'of somebody else\n';
    files.put('/victim.txt', text);
    for (const path of ['../victim.txt', '/victim.txt', 'base/../../victim.txt'])
      files.put(
        `${OUT}/${EXPORT_MANIFEST}`,
        JSON.stringify({ version: 1, files: { [path]: sha256(text) }, pending: { [path]: [] } }),
      );
    await run(files, { overwrite: true }).catch(() => undefined);
    expect(files.tree.get('/victim.txt')?.content).toBe(text);
  });

  it.each([
    '{"version":1,"files":null}',
    '{"version":1,"files":{"":"x"}}',
    JSON.stringify({ version: 1, files: { 'a\0b': 'x' } }),
  ])('goes on where its record is damaged: %j', async (text) => {
    const files = instance();
    files.put(`${OUT}/${EXPORT_MANIFEST}`, text);
    expect((await run(files)).executed).toBe(true);
  });

  it('writes and removes nothing by way of a link', async () => {
    const files = instance();
    await run(files);
    files.put(`${OUT}/elsewhere`, 'a link counts as a file');
    const path = 'elsewhere/theirs.txt';
    files.put(`${OUT}/${EXPORT_MANIFEST}`, JSON.stringify({ version: 1, files: { [path]: 'x' } }));
    const error = await rejectionOf(run(files, { overwrite: true }));
    expect([error.code, error.details]).toEqual(['FW-DRIFT', [`${OUT}/elsewhere`]]);
  });

  it.each([DIRECTORY, `${DIRECTORY}/config/k8s`, `${DIRECTORY}/secrets`, `${DIRECTORY}/state/x`])(
    'is not written to %s, which is the instance itself',
    async (out) => {
      const files = instance();
      const error = await rejectionOf(run(files, { out }));
      expect([error.code, files.changes]).toEqual(['FW-USAGE', []]);
    },
  );

  it.each([
    ['host:\n  name: 10.0.0.5\n', 'FW-EXPORT-HOST', 'kubernetes.host'],
    [
      'host:\n  name: law.example.com\nkubernetes:\n  stagingHost: LAW.example.com\n',
      'FW-EXPORT-STAGING',
      'kubernetes.stagingHost',
    ],
    [
      'host:\n  name: law.example.com\npostgres:\n  mode: external\n  external:\n    host: db.example.com\nkubernetes:\n  stagingDatabase:\n    host: other.example.com\n',
      'FW-EXPORT-STAGING',
      'kubernetes.stagingDatabase.database',
    ],
  ])(
    'is refused with what no cluster takes or clients would suffer from: %s',
    async (text, code, hint) => {
      const files = instance();
      files.put(`${DIRECTORY}/factsway.yaml`, text);
      const error = await rejectionOf(run(files));
      expect([error.code, files.changes.filter((path) => path.includes(OUT))]).toEqual([code, []]);
      expect(error.hint).toContain(hint);
    },
  );

  it('has names in lower case, and one of its own where it is given', async () => {
    const files = instance();
    files.put(
      `${DIRECTORY}/factsway.yaml`,
      'host:\n  name: 10.0.0.5\nkubernetes:\n  host: Law.Example.com\n',
    );
    await run(files);
    expect(files.tree.get(`${OUT}/overlays/production/edge.yaml`)?.content).toContain(
      'host: law.example.com',
    );
    expect(files.tree.get(`${OUT}/overlays/staging/edge.yaml`)?.content).toContain(
      'host: staging.law.example.com',
    );
  });

  it('removes what an earlier one wrote and this one has not', async () => {
    const files = instance();
    await run(files);
    files.put(
      `${DIRECTORY}/factsway.yaml`,
      'host:\n  name: law.example.com\nkubernetes:\n  monitoring: operator\n',
    );
    const { changes } = await run(files);
    expect(changes).toContainEqual({
      path: 'base/config/prometheus/prometheus.yml',
      change: 'delete',
    });
    expect(files.tree.has(`${OUT}/base/config/prometheus/prometheus.yml`)).toBe(false);
  });

  it('refuses to lose what somebody edited, unless told to, and leaves files of others alone', async () => {
    const files = instance();
    await run(files);
    files.put(`${OUT}/base/edge.yaml`, 'mine\n');
    files.put(`${OUT}/overlays/ours/kustomization.yaml`, 'ours\n');
    const error = await rejectionOf(run(files));
    expect([error.code, error.details]).toEqual(['FW-DRIFT', [`${OUT}/base/edge.yaml`]]);
    expect(error.hint).toContain('--overwrite-edited');
    await run(files, { overwrite: true });
    expect(files.tree.get(`${OUT}/base/edge.yaml`)?.content).toContain('kind: Deployment');
    expect(files.tree.get(`${OUT}/overlays/ours/kustomization.yaml`)?.content).toBe('ours\n');
  });

  it('never writes over a file of a directory that no export made', async () => {
    const files = instance();
    files.put(`${OUT}/README.md`, 'another project\n');
    const error = await rejectionOf(run(files, { overwrite: true }));
    expect(error.code).toBe('FW-EXPORT-FOREIGN');
    expect(writtenIn(files)).toEqual({ [`${OUT}/README.md`]: 'another project\n' });
  });

  it('killed before any change, is whole after the next run', async () => {
    const whole = instance();
    await run(whole);
    const all = whole.changes.length;
    for (const nth of [0, 1, 2, Math.floor(all / 2), all - 2, all - 1]) {
      const files = instance();
      files.killBefore(nth);
      await run(files).catch(() => undefined);
      expect(files.killed).toBe(true);
      files.revive();
      await run(files);
      expect(writtenIn(files)).toEqual(writtenIn(whole));
    }
  });

  it('takes over what the override changes, and names what it cannot', async () => {
    const files = instance('services:\n  edge:\n    mem_limit: 1g\n    ports: ["1:1"]\n');
    const { carried, lost } = await run(files);
    expect(carried).toEqual(['services.edge.mem_limit']);
    expect(lost.map(({ what }) => what)).toEqual(['services.edge.ports']);
    expect(writtenIn(files)[`${OUT}/base/edge.yaml`]).toContain('memory: 1024Mi');
  });

  it('needs an instance', async () => {
    expect((await rejectionOf(run(new MemoryFiles()))).code).toBe('FW-NO-INSTANCE');
  });

  it('keeps on record what it wrote', async () => {
    const files = instance();
    await run(files);
    const { files: digests } = JSON.parse(
      files.tree.get(`${OUT}/${EXPORT_MANIFEST}`)?.content ?? '{}',
    ) as { files: Record<string, string> };
    expect(Object.keys(digests)).toHaveLength(Object.keys(writtenIn(files)).length - 1);
  });
});
