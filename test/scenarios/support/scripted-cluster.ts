import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportKubernetes } from '../../../k8s/export-kubernetes.ts';
import { configWith, ENGINE } from '../../fakes/builders.ts';
import { ROOT } from './cli.ts';

/** What the stand-in for kubectl answers to the first request its expression fits. */
export type Answer = { match: string; out?: string; code?: number; once?: boolean };

const FAKE = join(ROOT, 'test/scenarios/support/fake-kubectl.mjs');
export const SERVICES = [
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
/** A cluster in which everything is as it should be. */
export const HERE: Answer[] = [COMPLETE, PODS];

/**
 * A tree of an export, a directory of secrets and the stand-in for kubectl, whose `kustomize` is the real one. What is
 * asked of it is kept; every command begins with nothing asked.
 */
export class ScriptedCluster {
  readonly #real: string;
  readonly work: string;

  private constructor(work: string, real: string) {
    this.work = work;
    this.#real = real;
  }

  static async make(): Promise<ScriptedCluster> {
    const work = await mkdtemp(join(tmpdir(), 'factsway-deploy-'));
    const { stdout: real } = await execa('sh', ['-c', 'command -v kubectl']);
    const cluster = new ScriptedCluster(work, real);
    const config = configWith({ host: { name: 'law.example.com' } });
    for (const { path, content, mode } of exportKubernetes(config, ENGINE).files) {
      await mkdir(dirname(join(cluster.tree, path)), { recursive: true });
      await writeFile(join(cluster.tree, path), content, { mode });
    }
    await mkdir(cluster.secrets);
    for (const role of ['superuser', 'owner', 'app', 'monitor'])
      await writeFile(join(cluster.secrets, `postgres-${role}-password`), `s3cret of ${role}\n`);
    await writeFile(join(cluster.secrets, 'grafana-admin-password'), 's3cret of grafana\n');
    await mkdir(join(work, 'bin'));
    await writeFile(
      join(work, 'bin/kubectl'),
      `#!/bin/sh\nexec '${process.execPath}' '${FAKE}' "$@"\n`,
    );
    await chmod(join(work, 'bin/kubectl'), 0o755);
    return cluster;
  }

  get tree(): string {
    return join(this.work, 'tree');
  }

  get secrets(): string {
    return join(this.work, 'secrets');
  }

  /** Runs one of the scripts; `asked` are the requests the stand-in got. */
  async run(
    script: 'deploy.sh' | 'rollback.sh',
    answers: readonly Answer[],
    ...args: string[]
  ): Promise<{ exitCode: number | undefined; said: string; asked: string[] }> {
    await rm(join(this.work, 'asked.log'), { force: true });
    await writeFile(join(this.work, 'answers.json'), JSON.stringify(answers));
    const { exitCode, all } = await execa(join(this.tree, script), args, {
      reject: false,
      all: true,
      env: {
        PATH: `${join(this.work, 'bin')}:${process.env['PATH']}`,
        FAKE_KUBECTL: this.work,
        REAL_KUBECTL: this.#real,
      },
    });
    const log = await readFile(join(this.work, 'asked.log'), 'utf8').catch(() => '');
    return { exitCode, said: all, asked: log.split('\n').filter((line) => line !== '') };
  }

  async remove(): Promise<void> {
    await rm(this.work, { recursive: true, force: true });
  }
}

/** What changes or waits, in short. */
export const orders = (asked: readonly string[]): string[] =>
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
