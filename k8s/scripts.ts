import type { BundleFile } from '../installer/src/model/bundle.ts';
import type { TemplateEngine } from '../installer/src/render/template-engine.ts';
import type { Environment } from './environment.ts';
import type { RenderedEnvironment } from './kustomize/tree.ts';
import { certificateFrom } from './objects/entry.ts';
import { scales } from './objects/workloads.ts';

const TEMPLATES = 'k8s/templates/';

const secretsOf = ({ catalog }: Environment) =>
  catalog.secrets.map(({ name, purpose, given }) => ({ name, purpose, given: given === true }));

/** Every secret once, and who needs it: staging tells nobody of alerts, and needs no address of a receiver. */
function whereNeeded(environments: readonly Environment[]) {
  const names = [
    ...new Set(environments.flatMap(({ catalog }) => catalog.secrets.map(({ name }) => name))),
  ];
  return names.flatMap((name) => {
    const needing = environments.filter((one) =>
      secretsOf(one).some((secret) => secret.name === name),
    );
    const [secret] = needing.flatMap(secretsOf).filter((one) => one.name === name);
    const only = needing.length < environments.length ? (needing[0]?.name ?? '') : '';
    return secret ? [{ ...secret, only }] : [];
  });
}

/** deploy.sh, rollback.sh and the README of a tree. */
export function scripts(
  environments: readonly Environment[],
  rendered: readonly RenderedEnvironment[],
  engine: TemplateEngine,
): BundleFile[] {
  const [first] = environments;
  if (!first) return [];
  const { catalog, config } = first;
  const of = (kind: string): string[] =>
    (rendered[0]?.manifests ?? [])
      .filter((manifest) => manifest.kind === kind)
      .map(({ metadata }) => metadata.name);
  const services = catalog.workloads.filter(scales).map(({ component }) => component);
  const isWatcher = (name: string): boolean =>
    catalog.workloads.some(({ component, group }) => component === name && group === 'monitoring');
  const from = certificateFrom(first);
  const context = {
    version: config.release.version,
    environments: environments.map((one) => ({
      name: one.name,
      namespace: one.namespace,
      host: one.config.host.name,
      secrets: secretsOf(one),
    })),
    services,
    pods: services.length * config.kubernetes.replicas,
    job: of('Job')[0] ?? '',
    database: of('StatefulSet').includes('postgres'),
    serving: of('Deployment').filter((name) => !isWatcher(name)),
    watchers: [
      ...of('StatefulSet')
        .filter(isWatcher)
        .map((name) => `statefulset/${name}`),
      ...of('Deployment')
        .filter(isWatcher)
        .map((name) => `deployment/${name}`),
    ],
    secrets: whereNeeded(environments),
    // What can be made up, and is nobody's to give.
    staging: secretsOf(first).flatMap(({ name, given }) => (given ? [] : [name])),
    stagingGiven: secretsOf(first).flatMap(({ name, given }) => (given ? [name] : [])),
    fromFiles: config.kubernetes.secrets.from === 'files',
    pullSecret: config.kubernetes.pullSecret ?? '',
    operator: config.kubernetes.monitoring === 'operator',
    certificate: from === 'none' || from === 'gateway' ? 'none' : config.kubernetes.tls.secret,
    certManager: from === 'cert-manager',
    // Where nobody here brings a certificate, whoever stands in front may still end TLS.
    scheme: config.edge.tls.mode === 'off' ? 'http' : 'https',
    gateway: config.kubernetes.entry.kind === 'gateway',
    entryKind: config.kubernetes.entry.kind === 'gateway' ? 'httproute' : 'ingress',
  };
  return engine.paths(TEMPLATES).map((template) => {
    const path = template.slice(TEMPLATES.length, -'.hbs'.length);
    return {
      path,
      content: engine.render(template, context),
      mode: path.endsWith('.sh') ? 0o755 : 0o644,
      ownership: 'rendered',
    };
  });
}
