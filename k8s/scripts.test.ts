import { describe, expect, it } from 'vitest';
import { renderConfigs } from '../installer/src/render/render-configs.ts';
import { configWith, ENGINE } from '../test/fakes/builders.ts';
import { KUBERNETES_VARIANTS } from '../test/fakes/kubernetes-variants.ts';
import { environment, ENVIRONMENTS } from './environment.ts';
import { exportKubernetes } from './export-kubernetes.ts';
import { at, records, texts, word } from './json.ts';
import { renderEnvironment } from './objects/all.ts';
import { podOf } from './policy/read.ts';

const fileOf = (settings: object, path: string): string =>
  exportKubernetes(configWith(settings), ENGINE).files.find((file) => file.path === path)
    ?.content ?? '';

/** What lib.sh brings into an environment, by the names in its list. */
function brought(script: string, name: string): string[] {
  const [, list = ''] =
    new RegExp(`\\n    ${name}\\)[^;]*?needed_secrets=\\(\\n([^)]*)\\n      \\)`).exec(script) ??
    [];
  return list.split('\n').map((line) => line.trim().split(' ')[0]?.replaceAll("'", '') ?? '');
}

/** Secrets that pods cannot start without, but for those that somebody else makes. */
function mounted(name: (typeof ENVIRONMENTS)[number], settings: object): string[] {
  const one = environment(name, configWith(settings));
  const { manifests } = renderEnvironment(one, renderConfigs(one.catalog, ENGINE).files);
  const names = manifests.flatMap((manifest) =>
    records(at(podOf(manifest)?.spec, 'volumes')).flatMap((volume) => [
      word(at(volume, 'secret.secretName')),
      ...records(at(volume, 'projected.sources')).map((source) => word(at(source, 'secret.name'))),
    ]),
  );
  const ofOperator = manifests.flatMap((manifest) => texts(at(manifest, 'spec.secrets')));
  return [...new Set([...names, ...ofOperator])].filter((secret) => secret !== '').sort();
}

describe('what deploy.sh brings', () => {
  it.each(
    Object.entries(KUBERNETES_VARIANTS).flatMap(([what, settings]) =>
      ENVIRONMENTS.map((name) => [what, name, settings] as const),
    ),
  )('is every secret that a pod mounts: %s, %s', (_, name, settings) => {
    const script = fileOf(settings, 'lib.sh');
    if (!script.includes('needed_secrets')) return;
    const needed = mounted(name, settings);
    expect(needed.length).toBeGreaterThan(1);
    expect(brought(script, name)).toEqual(expect.arrayContaining(needed));
  });

  it('is told in the README with who needs it', () => {
    const readme = fileOf(KUBERNETES_VARIANTS['every receiver'] ?? {}, 'README.md');
    expect(readme).toMatch(/`slack-webhook-url` \|.*\(given by you\) \(production alone\) \|/);
    expect(readme).toMatch(/`postgres-app-password` \|(?!.*alone)/);
  });
});
