import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { exportKubernetes } from '../k8s/export-kubernetes.ts';
import { factsFromKubernetes } from '../k8s/proof/from-kubernetes.ts';
import type { Controller, Manifest } from '../k8s/proof/cluster-objects.ts';
import { configWith, ENGINE } from './fakes/builders.ts';

/**
 * What is known to go wrong where Compose files are turned into Kubernetes manifests: kompose (issue numbers are those
 * of kubernetes/kompose) and Compose Bridge of Docker. Asked of what we export ourselves.
 */
const { files } = exportKubernetes(configWith({}), ENGINE);
const manifests = files
  .filter(({ path }) => /^(base|overlays\/production)\/[a-z-]+\.yaml$/.test(path))
  .flatMap(({ content }) => parseAllDocuments(content))
  .map((document) => document.toJS() as Manifest)
  .filter(({ kind }) => kind !== 'Kustomization')
  // As Kustomize would: what is made from files it makes, and the namespace it puts in.
  .map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'factsway-production' } }));
const controllers = manifests.filter(({ kind }) =>
  ['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(kind),
) as unknown as Controller[];
/** ConfigMaps are made by Kustomize; what is in them is no matter here. */
const configMaps = controllers
  .flatMap(({ spec }) => spec.template.spec.volumes ?? [])
  .flatMap(({ projected, configMap }) => [
    ...(configMap ? [configMap] : []),
    ...(projected?.sources ?? []).flatMap((source) => (source.configMap ? [source.configMap] : [])),
  ])
  .map(({ name, items = [] }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: Object.fromEntries(
      ['passwd', 'group', ...items.map(({ key }) => key)].map((key) => [key, '']),
    ),
  }));
const { components } = factsFromKubernetes([...manifests, ...configMaps]);
const services = Object.entries(components).filter(
  ([, { gates }]) => Object.keys(gates).length > 0,
);
const running = Object.values(components).filter(({ kind }) => kind === 'service');

describe('what kompose and Compose Bridge get wrong', () => {
  it('depends_on becomes nothing: ours waits for the schema, by itself and under any order of apply', () => {
    expect(services).toHaveLength(8);
    for (const [, { waitsFor }] of services) expect(waitsFor).toEqual({ migrations: 'completed' });
  });

  it('a one-shot service becomes a bare Pod (#236): ours is a Job that ends and is tried again', () => {
    expect(controllers.filter(({ kind }) => kind === 'Pod')).toEqual([]);
    expect(components['migrations']).toMatchObject({ kind: 'one-shot', restart: 'Never' });
    expect(components['migrations']?.job).toEqual({ retries: 6, deadlineSeconds: 3600 });
  });

  it('a restart policy makes Deployments the API refuses: ours have none but that of a Job', () => {
    for (const { kind, spec } of controllers)
      expect(spec.template.spec.restartPolicy).toBe(kind === 'Job' ? 'Never' : undefined);
  });

  it('a health check becomes liveness only: ours starts, takes traffic and lives by different questions', () => {
    for (const { health, readiness, liveness } of running) {
      expect(health.startPeriodSeconds).toBeGreaterThan(0);
      expect(readiness.check).toBeDefined();
      expect(liveness.check).toBeDefined();
      expect(liveness.check).not.toBe(readiness.check);
    }
  });

  it('CMD-SHELL loses its shell: ours gives every check as the words of a program', () => {
    for (const { health } of running) {
      expect(health.argv?.length).toBeGreaterThan(1);
      for (const word of health.argv ?? []) expect(word).not.toMatch(/^CMD|[;|&]/);
    }
  });

  it('secrets are mounted at the wrong path (#1778, #1894): ours lie where their variables say', () => {
    for (const { secrets, environment } of Object.values(components)) {
      const told = Object.entries(environment).flatMap(([name, value]) =>
        name.endsWith('_FILE') ? [value] : [],
      );
      for (const path of told) expect(Object.keys(secrets)).toContain(path);
      for (const [path, { name, key, mode }] of Object.entries(secrets))
        expect([path, key, mode]).toEqual([`/run/secrets/${name}`, name, 0o440]);
    }
  });

  it('secrets of env files land in ConfigMaps: ours are named and never in the tree', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    for (const { environment } of Object.values(components))
      for (const name of Object.keys(environment))
        if (/PASS|TOKEN|SECRET|KEY/.test(name)) expect(name).toMatch(/_FILE$/);
  });

  it('bind mounts become empty volumes: ours are files of ConfigMaps, and data is a claim', () => {
    expect(Object.keys(components['prometheus']?.files ?? {})).toContain(
      '/etc/prometheus/prometheus.yml',
    );
    expect(components['postgres']?.volumes['/var/lib/postgresql/data']?.kind).toBe('persistent');
  });

  it('security_opt, read_only and cap_drop are dropped: ours confines every container', () => {
    for (const { security } of Object.values(components))
      expect(security).toMatchObject({
        escalation: false,
        readOnlyRoot: true,
        privileged: false,
        nonRoot: true,
        dropped: ['ALL'],
        seccomp: 'default',
        controlToken: false,
      });
  });

  it('stop_grace_period is dropped: ours keeps it, and lets the cluster hear of it first', () => {
    expect(components['postgres']?.stop).toMatchObject({ graceSeconds: 120, preStopSeconds: 5 });
    for (const { stop } of running) expect(stop.graceSeconds).toBeGreaterThanOrEqual(15);
  });

  it('network policies lack the DNS (#1616): ours lets every pod ask for names', () => {
    for (const { resolvesNames } of Object.values(components)) expect(resolvesNames).toBe(true);
  });

  it('network policies lack the way in (#1616): ours opens the proxy, and nothing else, to the world', () => {
    for (const [name, { entered }] of Object.entries(components))
      expect(entered).toEqual(name === 'edge' ? ['8080'] : []);
    expect(Object.keys(components['edge']?.exposure ?? {})).toEqual(['8080']);
  });

  it('service discovery is lost where no port is published: ours is found by the name of Compose', () => {
    for (const [name, { listens, names }] of Object.entries(components))
      if (listens.length > 0) expect(names[name]).toEqual(listens.map(String));
  });
});
