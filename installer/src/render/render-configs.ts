import { load } from 'js-yaml';
import { fillMarks } from '../../../monitoring/runbooks/instance.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { BundleFile } from '../model/bundle.ts';
import { configContexts } from './config-contexts.ts';
import { sha256 } from './digest.ts';
import { ROLES_TEMPLATE } from './render-roles.ts';
import { runbookInstance, RUNBOOKS_DIRECTORY } from './runbook-instance.ts';
import { TemplateError, type TemplateEngine } from './template-engine.ts';

const PREFIX = 'config-templates/';
const TEMPLATE = '.hbs';
/** Rendered by themselves, outside `config/`. */
const ELSEWHERE = new Set(['config-templates/factsway.yaml.hbs', ROLES_TEMPLATE]);

/**
 * `config/<component>/<file>` for every template `config-templates/<component>/<file>.hbs` whose
 * directory some workload mounts. A file without .hbs is copied as it is: what has braces of its own, like a
 * dashboard. In runbooks the marks are filled in. Scripts are executable; YAML must parse.
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
    const rendered = template.endsWith(TEMPLATE);
    const target = template.slice(PREFIX.length, rendered ? -TEMPLATE.length : undefined);
    const directory = target.split('/')[0] ?? '';
    if (!mounted.has(directory)) continue;
    const text = rendered
      ? engine.render(template, contexts[directory] ?? {})
      : engine.source(template);
    const content =
      directory === RUNBOOKS_DIRECTORY ? fillMarks(text, runbookInstance(catalog)) : text;
    if (/\.ya?ml$/.test(target)) load(content);
    const path = `config/${target}`;
    if (files.some((file) => file.path === path))
      throw new TemplateError(`${path} is there twice: as a template and as a file`);
    files.push({
      path,
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
