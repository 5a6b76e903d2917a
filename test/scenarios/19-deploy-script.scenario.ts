import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportKubernetes } from '../../k8s/export-kubernetes.ts';
import { configWith, ENGINE } from '../fakes/builders.ts';
import { ROOT } from './support/cli.ts';

/** What the stand-in for kubectl answers to the first request its expression fits. */
type Answer = { match: string; out?: string; code?: number; once?: boolean };

const FAKE = join(ROOT, 'test/scenarios/support/fake-kubectl.mjs');
const SERVICES = [
  'records',
  'ingestion',
  'export',
  'caseblock',
  'signature',
  'facts',
  'exhibits',
  'caselaw',
];
const PODS: Answer = { match: 'component=service --field-selector', out: ' True\n'.repeat(24) };
const COMPLETE: Answer = { match: '^get job', out: 'Complete ' };
const HERE: Answer[] = [COMPLETE, PODS];
/** A cluster that has no secret of ours yet. */
const NO_SECRETS: Answer = { match: '^get secret (?!factsway-tls).*--output name', code: 1 };

let work = '';
let tree = '';
let secrets = '';
let real = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-deploy-'));
  ({ stdout: real } = await execa('sh', ['-c', 'command -v kubectl']));
  tree = join(work, 'tree');
  const config = configWith({ host: { name: 'law.example.com' } });
  for (const { path, content, mode } of exportKubernetes(config, ENGINE).files) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode });
  }
  secrets = join(work, 'secrets');
  await mkdir(secrets);
  for (const role of ['superuser', 'owner', 'app', 'monitor'])
    await writeFile(join(secrets, `postgres-${role}-password`), `s3cret of ${role}\n`);
  await writeFile(join(secrets, 'grafana-admin-password'), 's3cret of grafana\n');
  await mkdir(join(work, 'bin'));
  await writeFile(
    join(work, 'bin/kubectl'),
    `#!/bin/sh\nexec '${process.execPath}' '${FAKE}' "$@"\n`,
  );
  await chmod(join(work, 'bin/kubectl'), 0o755);
});
beforeEach(async () => {
  await rm(join(work, 'asked.log'), { force: true });
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

async function run(script: string, answers: readonly Answer[], ...args: string[]) {
  await writeFile(join(work, 'answers.json'), JSON.stringify(answers));
  const { exitCode, all } = await execa(join(tree, script), args, {
    reject: false,
    all: true,
    env: {
      PATH: `${join(work, 'bin')}:${process.env['PATH']}`,
      FAKE_KUBECTL: work,
      REAL_KUBECTL: real,
    },
  });
  const log = await readFile(join(work, 'asked.log'), 'utf8').catch(() => '');
  return { exitCode, said: all, asked: log.split('\n').filter((line) => line !== '') };
}
const deploy = (answers: readonly Answer[], ...args: string[]) =>
  run('deploy.sh', answers, 'production', '--secrets', secrets, '--timeout', '6', ...args);
/** What changes or waits, in short. */
const orders = (asked: readonly string[]): string[] =>
  asked
    .filter((line) => /^(apply|create|rollout)/.test(line) || line.startsWith('get job'))
    .map((line) =>
      line
        .replace(/^apply .*stage=(\S+)$/, 'apply $1')
        .replace(/^(rollout \S+ \S+).*$/, '$1')
        .replace(/^(create secret generic \S+).*$/, '$1')
        .replace(/^get job (\S+)-[0-9a-f]{8} .*$/, 'get job $1'),
    )
    .filter((line) => !line.startsWith('apply --server-side'));

describe('deploy.sh', () => {
  it('brings everything in, in this order, and waits where the next step needs it', async () => {
    const { exitCode, asked, said } = await deploy(HERE);
    expect(exitCode, said).toBe(0);
    expect(orders(asked)).toEqual([
      'apply namespace',
      'apply foundation',
      ...['superuser', 'owner', 'app', 'monitor'].map(
        (role) => `create secret generic postgres-${role}-password`,
      ),
      'create secret generic grafana-admin-password',
      'apply database',
      'rollout status statefulset/postgres',
      'get job migrations-1-0-0',
      'apply migrations',
      'get job migrations-1-0-0',
      'apply services',
      'rollout status deployment/edge',
      ...SERVICES.map((name) => `rollout status deployment/${name}-service`),
      'apply monitoring',
      ...['prometheus', 'alertmanager', 'grafana'].map(
        (name) => `rollout status statefulset/${name}`,
      ),
      ...['postgres', 'blackbox'].map((name) => `rollout status deployment/${name}-exporter`),
      'apply entry',
    ]);
    expect(said).toContain('24 service pods are running and ready');
    expect(said).toContain('https://law.example.com');
    for (const text of [said, ...asked]) expect(text).not.toContain('s3cret');
  });

  it('stops where PostgreSQL does not come up, with what it says, before any migration', async () => {
    const { exitCode, asked, said } = await deploy([
      { match: '^rollout status statefulset/postgres', code: 1 },
      { match: '^logs .*name=postgres', out: 'no space left\n' },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('no space left');
    expect(said).toMatch(
      /FW-DEPLOY-FAILED: statefulset\/postgres .*\n.*\n {2}Next: kubectl describe statefulset\/postgres/,
    );
    expect(orders(asked).at(-1)).toBe('rollout status statefulset/postgres');
  });

  it('stops at a migration that failed, with its log, and touches no service', async () => {
    const { exitCode, asked, said } = await deploy([
      { match: '^get job', out: 'Failed ' },
      { match: '^logs .*name=migrations', out: 'relation does not exist\n' },
      PODS,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('relation does not exist');
    expect(said).toContain('the services were not touched');
    expect(orders(asked)).not.toContain('apply services');
  });

  it('stops when a migration takes longer than it may', async () => {
    const { exitCode, said } = await deploy([{ match: '^get job', out: '' }, PODS]);
    expect(exitCode).toBe(1);
    expect(said).toContain('the migrations took longer than 6 s');
  });

  it('stops at the first service that is not ready, and begins nothing after it', async () => {
    const { exitCode, asked } = await deploy([
      { match: '^rollout status deployment/export-service', code: 1 },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(orders(asked).at(-1)).toBe('rollout status deployment/export-service');
    expect(orders(asked)).not.toContain('apply monitoring');
  });

  it('counts the pods that are ready and stay: 23 of 24 are not enough', async () => {
    const { exitCode, said } = await deploy([
      COMPLETE,
      {
        match: 'component=service --field-selector',
        out: `${' True\n'.repeat(23)} False\n2026-01-01T00:00:00Z True\n`,
      },
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('23 of 24 service pods are ready');
  });

  it('refuses images of another version before it changes anything', async () => {
    const path = join(tree, 'overlays/production/kustomization.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      `${text}images:\n  - name: registry.factsway.com/onprem/facts-service\n    newTag: 1.1.0\n`,
    );
    const { exitCode, asked, said } = await deploy(HERE);
    await writeFile(path, text);
    expect(exitCode).toBe(3);
    expect(said).toContain('facts-service has registry.factsway.com/onprem/facts-service:1.1.0');
    expect(said).toContain('FW-IMAGE-VERSION');
    expect(orders(asked)).toEqual([]);
  });

  it('names the secrets that are nowhere', async () => {
    const { exitCode, said, asked } = await run(
      'deploy.sh',
      [NO_SECRETS, ...HERE],
      'production',
      '--secrets',
      join(work, 'nowhere'),
    );
    expect(exitCode).toBe(1);
    expect(said).toContain('postgres-owner-password: PostgreSQL role factsway_owner');
    expect(orders(asked)).toEqual(['apply namespace', 'apply foundation']);
  });

  it('goes on with the secrets a cluster has, and never gives PostgreSQL another password', async () => {
    const there = await run('deploy.sh', HERE, 'staging', '--secrets', join(work, 'nowhere'));
    expect(there.exitCode, there.said).toBe(0);
    expect(orders(there.asked).filter((line) => line.startsWith('create'))).toEqual([]);

    await rm(join(work, 'asked.log'), { force: true });
    const other = Buffer.from('another\n').toString('base64');
    const { exitCode, said, asked } = await deploy([
      { match: '^get secret postgres-owner-password', out: other },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('secret/postgres-owner-password in the cluster is not the one');
    expect(orders(asked)).not.toContain('create secret generic postgres-owner-password');
  });

  it('takes not being told for no answer: a password is never replaced on a guess', async () => {
    const { exitCode, asked } = await deploy([
      { match: '^get secret postgres-owner-password', code: 1 },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(orders(asked)).not.toContain('create secret generic postgres-owner-password');
  });

  it('makes a migration Job again that failed the last time', async () => {
    const { exitCode, asked, said } = await deploy([
      { match: '^get job .*ignore-not-found', out: 'True' },
      ...HERE,
    ]);
    expect(exitCode, said).toBe(0);
    const steps = asked.filter((line) => /^delete job|stage=migrations/.test(line));
    expect(steps.map((line) => line.split(' ')[0])).toEqual(['delete', 'apply']);
  });

  it('brings in an overlay of your own, and refuses one of another environment', async () => {
    await mkdir(join(tree, 'overlays/ours'), { recursive: true });
    const kustomization = 'kind: Kustomization\nresources: [../production]\n';
    await writeFile(join(tree, 'overlays/ours/kustomization.yaml'), kustomization);
    const ours = join(tree, 'overlays/ours');
    expect((await deploy(HERE, '--overlay', ours)).exitCode).toBe(0);
    const { exitCode, said } = await run('deploy.sh', HERE, 'staging', '--overlay', ours);
    expect(exitCode).toBe(3);
    expect(said).toContain('is not of factsway-staging');
  });

  it('says what to do about a certificate that is missing', async () => {
    const { exitCode, said, asked } = await deploy([
      { match: '^get secret factsway-tls', code: 1 },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain(
      'kubectl create secret tls factsway-tls --namespace factsway-production',
    );
    expect(orders(asked)).not.toContain('apply database');
  });

  it('tells of a cluster that does not answer before it begins', async () => {
    const { exitCode, said } = await deploy([{ match: '^version', code: 1 }]);
    expect(exitCode).toBe(3);
    expect(said).toContain('FW-CLUSTER-UNREACHABLE');
  });

  it('shows with --dry-run every step and asks the cluster nothing', async () => {
    const { exitCode, said, asked } = await deploy([], '--dry-run');
    expect(exitCode, said).toBe(0);
    expect(asked).toEqual([]);
    expect(said.match(/stage=\w+/g)?.map((stage) => stage.slice(6))).toEqual([
      ...['namespace', 'foundation', 'database', 'migrations', 'services', 'monitoring', 'entry'],
    ]);
  });

  it.each([[['prod']], [['production', '--timeout']], [['production', '--timeout', 'soon']]])(
    'refuses %s',
    async (args) => {
      const { exitCode, said, asked } = await run('deploy.sh', HERE, ...args);
      expect(exitCode).toBe(2);
      expect(said).toMatch(/^FW-USAGE: .+\n {2}Next: .*deploy\.sh --help/);
      expect(asked).toEqual([]);
    },
  );
});

describe('rollback.sh', () => {
  const history = (name: string, out: string): Answer => ({
    match: `^get replicasets .*name=${name}-service`,
    out,
  });
  const image = (tag: string): string => `registry.factsway.com/onprem/x-service:${tag}`;
  const TWO = `3 ${image('1.0.0')}\n2 ${image('0.9.0')}\n1 ${image('0.8.0')}\n`;
  const all = (out: string): Answer => ({ match: '^get replicasets', out });
  const undone = (asked: readonly string[]): string[] =>
    asked.filter((line) => line.startsWith('rollout undo'));
  const undo = (name: string, revision: number): string =>
    `rollout undo deployment/${name}-service --namespace factsway-production --to-revision=${revision}`;

  it('takes every service back to the release before and waits for each', async () => {
    // A change within a release is a revision of its own, and not the one to go back to.
    const twice = `4 ${image('1.0.0')}\n3 ${image('1.0.0')}\n2 ${image('0.9.0')}\n`;
    const answers = [history('facts', twice), all(TWO), ...HERE];
    const { exitCode, said, asked } = await run('rollback.sh', answers, 'production');
    expect(exitCode, said).toBe(0);
    expect(said).toContain('facts-service: from 1.0.0 to 0.9.0');
    expect(undone(asked)).toEqual(SERVICES.map((name) => undo(name, 2)));
    expect(asked.filter((line) => line.startsWith('rollout status'))).toHaveLength(8);
  });

  it('run again, goes on where it was ended, and never forward again', async () => {
    // What was taken back is the newest revision now, above the one that was left.
    const back = `4 ${image('0.9.0')}\n3 ${image('1.0.0')}\n1 ${image('0.8.0')}\n`;
    const half = ['records', 'ingestion', 'export'].map((name) => history(name, back));
    const first = await run('rollback.sh', [...half, all(TWO), ...HERE], 'production');
    expect(first.exitCode, first.said).toBe(0);
    expect(undone(first.asked)).toEqual(SERVICES.slice(3).map((name) => undo(name, 2)));

    await rm(join(work, 'asked.log'), { force: true });
    const second = await run('rollback.sh', [all(back), ...HERE], 'production');
    expect(second.exitCode, second.said).toBe(0);
    expect(second.said).toContain('facts-service: 0.9.0 already');
    expect(undone(second.asked)).toEqual([]);
  });

  it('goes to the release it is told', async () => {
    const { exitCode, asked } = await run(
      'rollback.sh',
      [all(TWO), ...HERE],
      ...['production', '--to', '0.8.0'],
    );
    expect(exitCode).toBe(0);
    expect(undone(asked)).toEqual(SERVICES.map((name) => undo(name, 1)));
  });

  it('refuses where the services would come out mixed', async () => {
    const other = `2 ${image('1.0.0')}\n1 ${image('0.8.0')}\n`;
    const answers = [history('facts', other), all(TWO), ...HERE];
    const { exitCode, said, asked } = await run('rollback.sh', answers, 'production');
    expect(exitCode).toBe(3);
    expect(said).toContain('FW-IMAGE-VERSION');
    expect(orders(asked)).toEqual([]);
  });

  it.each([
    [
      'nothing ran before',
      { match: '^get replicasets', out: `1 ${image('1.0.0')}\n` },
      'FW-NO-PREVIOUS-RELEASE',
    ],
    ['the cluster does not say', { match: '^get replicasets', code: 1 }, 'FW-CLUSTER-UNREACHABLE'],
  ])('refuses where %s', async (_, answer, code) => {
    const { exitCode, said, asked } = await run('rollback.sh', [answer, ...HERE], 'production');
    expect(exitCode).toBe(3);
    expect(said).toContain(code);
    expect(orders(asked)).toEqual([]);
  });

  it('stops at the first one that is not taken back', async () => {
    const answers = [{ match: '^rollout undo deployment/export', code: 1 }, all(TWO), ...HERE];
    const { exitCode, asked } = await run('rollback.sh', answers, 'production');
    expect(exitCode).toBe(1);
    expect(orders(asked).at(-1)).toBe('rollout undo deployment/export-service');
  });

  it('asks which environment, rather than to guess', async () => {
    const { exitCode } = await run('rollback.sh', HERE);
    expect(exitCode).toBe(2);
  });
});
