import { load } from 'js-yaml';
import type { Catalog } from '../catalog/catalog.ts';
import type { BundleFile } from '../model/bundle.ts';
import { configContexts } from './config-contexts.ts';
import { sha256 } from './digest.ts';
import { ROLES_TEMPLATE } from './render-roles.ts';
import { TemplateError, type TemplateEngine } from './template-engine.ts';

const PREFIX = 'config-templates/';
/** Rendered by themselves, outside `config/`. */
const ELSEWHERE = new Set(['config-templates/factsway.yaml.hbs', ROLES_TEMPLATE]);

/**
 * `config/<component>/<file>` for every template `config-templates/<component>/<file>.hbs` whose directory some
 * workload mounts; a file there of another name is taken as it is. Scripts are executable; YAML must parse.
 */
export function renderConfigs(
  catalog: Catalog,
  engine: TemplateEngine,
): { files: BundleFile[]; hashes: Record<string, string> } {
  const mounted = new Set(
    catalog.workloads.flatMap((workload) =>
      [workload.config, ...(workload.extraConfig ?? [])].flatMap((config) =>
        config ? [config.directory] : [],
      ),
    ),
  );
  const contexts = configContexts(catalog);
  const files: BundleFile[] = [];
  for (const template of engine.paths(PREFIX)) {
    if (ELSEWHERE.has(template)) continue;
    const target = template.slice(PREFIX.length).replace(/\.hbs$/, '');
    const directory = target.split('/')[0] ?? '';
    if (!mounted.has(directory)) continue;
    const content = template.endsWith('.hbs')
      ? engine.render(template, contexts[directory] ?? {})
      : engine.source(template);
    if (/\.ya?ml$/.test(target)) load(content);
    files.push({
      path: `config/${target}`,
      content,
      mode: target.endsWith('.sh') ? 0o755 : 0o644,
      ownership: 'rendered',
    });
  }
  for (const directory of mounted) {
    if (!files.some((file) => file.path.startsWith(`config/${directory}/`))) {
      throw new TemplateError(
        `a workload mounts config/${directory}, but no template renders into it`,
      );
    }
  }
  return { files, hashes: hashByDirectory(files) };
}

function hashByDirectory(files: readonly BundleFile[]): Record<string, string> {
  const parts: Record<string, string[]> = {};
  for (const { path, content } of files) {
    const directory = path.split('/')[1] ?? '';
    (parts[directory] ??= []).push(`${path}\n${content}`);
  }
  return Object.fromEntries(
    Object.entries(parts).map(([directory, texts]) => [directory, sha256(texts.join('\0'))]),
  );
}
