import { execa } from 'execa';
import { loadAll } from 'js-yaml';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, ENVIRONMENTS } from '../../k8s/environment.ts';
import { policyExceptions } from '../../k8s/exceptions.ts';
import { exportKubernetes } from '../../k8s/export-kubernetes.ts';
import type { Manifest } from '../../k8s/manifest.ts';
import { violations } from '../../k8s/policy/policy.ts';
import { at } from '../../k8s/json.ts';
import { schemaProblems } from '../../k8s/schema/schema-problems.ts';
import { configWith, ENGINE } from '../fakes/builders.ts';
import { KUBERNETES_VARIANTS } from '../fakes/kubernetes-variants.ts';
import { cli } from './support/cli.ts';
import { digestsBelow } from './support/digests.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-kubernetes-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

/** An overlay as `kubectl kustomize` builds it: what a cluster would be given. */
async function build(tree: string, name: string): Promise<Manifest[]> {
  const { stdout } = await execa('kubectl', ['kustomize', join(tree, 'overlays', name)]);
  return loadAll(stdout) as Manifest[];
}
const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

it('an instance is exported by one command, twice the same, without a secret and without Docker', async () => {
  const instance = join(work, 'instance');
  const out = join(work, 'out');
  const alone = { DOCKER_HOST: 'unix:///nowhere.sock' };
  const made = await cli(
    [
      'render',
      '--dir',
      instance,
      '--set',
      'host.name=law.example.com',
      '--set',
      'images.source=upstream',
    ],
    alone,
  );
  expect(made.exitCode, made.stderr).toBe(0);
  const exported = () => cli(['export', 'k8s', '--dir', instance, '--out', out], alone);
  const first = await exported();
  expect(first.exitCode, first.stderr).toBe(0);
  const digests = await digestsBelow(out);
  const second = await exported();
  expect(second.stdout).toContain('is up to date');
  expect(await digestsBelow(out)).toEqual(digests);

  for (const name of ENVIRONMENTS) {
    const built = await build(out, name);
    const scaled = ofKind(built, 'HorizontalPodAutoscaler');
    expect(scaled).toHaveLength(8);
    expect(scaled.reduce((sum, one) => sum + Number(at(one, 'spec.minReplicas')), 0)).toBe(24);
    expect(ofKind(built, 'Namespace').map(({ metadata }) => metadata.name)).toEqual([
      `factsway-${name}`,
    ]);
    const elsewhere = built.filter(
      ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== `factsway-${name}`,
    );
    expect(elsewhere).toEqual([]);
    const images = JSON.stringify(built).match(/"image":"[^"]*(-service|migrations):[^"]+"/g) ?? [];
    expect(new Set(images.map((image) => image.replace(/.*:|"$/g, '')))).toEqual(
      new Set(['1.0.0']),
    );
    expect(ofKind(built, 'Secret')).toEqual([]);
    const host = name === 'staging' ? 'staging.law.example.com' : 'law.example.com';
    expect(at(ofKind(built, 'Ingress')[0], 'spec.rules.0.host')).toBe(host);
  }
  const texts = await Promise.all(
    Object.keys(digests).map((path) => readFile(join(out, path), 'utf8')),
  );
  const { stdout: names } = await execa('ls', [join(instance, 'secrets')]);
  for (const name of names.split('\n')) {
    const secret = (await readFile(join(instance, 'secrets', name), 'utf8')).trim();
    expect(secret.length).toBeGreaterThan(10);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  }
});

describe('every kind of cluster gets manifests that build, fit the API and keep the policy', () => {
  it.each(Object.entries(KUBERNETES_VARIANTS))('%s', async (variant, settings) => {
    const config = configWith({ host: { name: 'law.example.com' }, ...settings });
    const tree = join(work, variant.replaceAll(/\W+/g, '-'));
    for (const { path, content, mode } of exportKubernetes(config, ENGINE).files) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), content, { mode });
    }
    for (const name of ENVIRONMENTS) {
      const built = await build(tree, name);
      expect(violations(built, policyExceptions(environment(name, config)))).toEqual([]);
      expect(schemaProblems(built)).toEqual([]);
    }
    const { stdout, exitCode } = await execa(
      'shellcheck',
      ['--external-sources', 'deploy.sh', 'rollback.sh', 'lib.sh'],
      { cwd: tree, reject: false },
    );
    expect(exitCode, stdout).toBe(0);
  });
});

it('what an override changes is in the export or is named, with an exit code of its own; --report compares both', async () => {
  const instance = join(work, 'overridden');
  const sets = ['--set', 'host.name=law.example.com', '--set', 'images.source=upstream'];
  await cli(['render', '--dir', instance, ...sets]);
  const report = async (override: string) => {
    await writeFile(join(instance, 'compose.override.yaml'), override);
    return cli(['export', 'k8s', '--dir', instance, '--out', join(work, 'reported'), '--report']);
  };

  const carried = await report(
    'services:\n  edge:\n    mem_limit: 300m\n    memswap_limit: 300m\n',
  );
  expect(carried.exitCode, carried.stderr).toBe(0);
  expect(carried.stdout).toMatch(/^DIFFERENT +0$/m);
  expect(carried.stdout).toContain(
    'carried over from compose.override.yaml: services.edge.mem_limit',
  );

  const lost = await report(
    'services:\n  edge:\n    labels: { a: b }\n    ports: ["127.0.0.1:7777:8080"]\n',
  );
  expect(lost.exitCode).toBe(4);
  expect(lost.stderr).toContain('services.edge.ports is not in the export');
  // Named once; the report is about what is in the export, where a further difference would not be excused by it.
  expect(lost.stdout).toMatch(/^DIFFERENT +0$/m);
});
