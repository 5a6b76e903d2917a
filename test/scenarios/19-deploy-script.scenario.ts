import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HERE,
  orders,
  ScriptedCluster,
  SERVICES,
  type Answer,
} from './support/scripted-cluster.ts';

/** A cluster that has no secret of ours yet. */
const NO_SECRETS: Answer = { match: '^get secret (?!factsway-tls).*--output name', code: 1 };

let cluster: ScriptedCluster;
beforeAll(async () => {
  cluster = await ScriptedCluster.make();
});
afterAll(async () => {
  await cluster.remove();
});

const deploy = (answers: readonly Answer[], ...args: string[]) =>
  cluster.run(
    'deploy.sh',
    answers,
    ...['production', '--secrets', cluster.secrets, '--timeout', '6'],
    ...args,
  );

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
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('relation does not exist');
    expect(said).toContain('the services were not touched');
    expect(orders(asked)).not.toContain('apply services');
  });

  it('stops when a migration takes longer than it may', async () => {
    const { exitCode, said } = await deploy([{ match: '^get job', out: '' }, ...HERE]);
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
      {
        match: 'component=service --field-selector',
        out: `${' True\n'.repeat(23)} False\n2026-01-01T00:00:00Z True\n`,
      },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('23 of 24 service pods are ready');
  });

  it('refuses images of another version before it changes anything', async () => {
    const path = join(cluster.tree, 'overlays/production/kustomization.yaml');
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
    const { exitCode, said, asked } = await cluster.run(
      'deploy.sh',
      [NO_SECRETS, ...HERE],
      'production',
      '--secrets',
      join(cluster.work, 'nowhere'),
    );
    expect(exitCode).toBe(1);
    expect(said).toContain('postgres-owner-password: PostgreSQL role factsway_owner');
    expect(orders(asked)).toEqual(['apply namespace', 'apply foundation']);
  });

  it('goes on with the secrets a cluster has, and never gives PostgreSQL another password', async () => {
    const there = await cluster.run(
      'deploy.sh',
      HERE,
      'staging',
      '--secrets',
      join(cluster.work, 'nowhere'),
    );
    expect(there.exitCode, there.said).toBe(0);
    expect(orders(there.asked).filter((line) => line.startsWith('create'))).toEqual([]);

    const other = Buffer.from('another\n').toString('base64');
    const { exitCode, said, asked } = await deploy([
      { match: '^get secret postgres-owner-password', out: other },
      ...HERE,
    ]);
    expect(exitCode).toBe(1);
    expect(said).toContain('know others than those of');
    // The directory may be the one a server lives by: nothing in it is to be moved away.
    expect(said).not.toMatch(/\bmv /);
    expect(said).toContain('rm postgres-owner-password)');
    expect(orders(asked)).not.toContain('create secret generic grafana-admin-password');
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
    await mkdir(join(cluster.tree, 'overlays/ours'), { recursive: true });
    const kustomization = 'kind: Kustomization\nresources: [../production]\n';
    await writeFile(join(cluster.tree, 'overlays/ours/kustomization.yaml'), kustomization);
    const ours = join(cluster.tree, 'overlays/ours');
    expect((await deploy(HERE, '--overlay', ours)).exitCode).toBe(0);
    const { exitCode, said } = await cluster.run('deploy.sh', HERE, 'staging', '--overlay', ours);
    expect(exitCode).toBe(3);
    expect(said).toContain('is not of factsway-staging');
  });

  it('brings what an overlay of your own adds before anything that may need it', async () => {
    const added = join(cluster.tree, 'overlays/added');
    await mkdir(added, { recursive: true });
    await writeFile(
      join(added, 'kustomization.yaml'),
      'kind: Kustomization\nnamespace: factsway-production\nresources: [../production, dns.yaml]\n',
    );
    await writeFile(
      join(added, 'dns.yaml'),
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: our-dns\nspec:\n  podSelector: {}\n',
    );
    const { exitCode, said, asked } = await deploy(HERE, '--overlay', added);
    expect(exitCode, said).toBe(0);
    expect(said).toContain('of your own: NetworkPolicy/our-dns\n');
    const selectors = asked.flatMap((line) => /^apply .*--selector (\S+)$/.exec(line)?.[1] ?? []);
    expect(selectors.slice(0, 4)).toEqual([
      'factsway.com/stage=namespace',
      'factsway.com/stage=foundation',
      '!factsway.com/stage',
      'factsway.com/stage=database',
    ]);
    // Without any there is nothing to apply, which kubectl would call an error.
    const { asked: plain } = await deploy(HERE);
    expect(plain.join('\n')).not.toContain('!factsway.com/stage');
  });

  it('lets an overlay add a container with releases of its own', async () => {
    const agent = join(cluster.tree, 'overlays/agent');
    await mkdir(agent, { recursive: true });
    const patch =
      '[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"agent","image":"vault:1.15"}}]';
    await writeFile(
      join(agent, 'kustomization.yaml'),
      `kind: Kustomization\nresources: [../production]\npatches:\n  - target: { kind: Deployment, name: records-service }\n    patch: '${patch}'\n`,
    );
    const { exitCode, said } = await deploy([], '--overlay', agent, '--dry-run');
    expect(exitCode, said).toBe(0);
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

  it.each([
    [['prod']],
    [['production', '--timeout']],
    [['production', '--timeout', 'soon']],
    [['production', '--timeout', '0']],
    [['production', 'staging']],
  ])('refuses %s', async (args) => {
    const { exitCode, said, asked } = await cluster.run('deploy.sh', HERE, ...args);
    expect(exitCode).toBe(2);
    expect(said).toMatch(/^FW-USAGE: .+\n {2}Next: .*deploy\.sh --help/);
    expect(asked).toEqual([]);
  });
});
