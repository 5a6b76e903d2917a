import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageTemplates } from './package-templates.ts';

const FILES = {
  'compose/compose.yaml.hbs': 'a',
  'config-templates/grafana/deep/page.html': '{{service}}',
  'config-templates/edge/.Caddyfile.hbs.swp': 'an editor',
  'k8s/templates/deploy.sh.hbs': 'c',
  'k8s/labels.ts': 'code',
  'schema/factsway.v2.schema.json': '{}',
  'schema/other.json': 'not shipped',
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'package-templates-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('reads templates and plain files by their path below the package, and nothing hidden', async () => {
  expect(await packageTemplates(root).load()).toEqual({
    'schema/factsway.v2.schema.json': '{}',
    'compose/compose.yaml.hbs': 'a',
    'config-templates/grafana/deep/page.html': '{{service}}',
    'k8s/templates/deploy.sh.hbs': 'c',
  });
});

it('reads them once', async () => {
  const templates = packageTemplates(root);
  const first = await templates.load();
  await writeFile(join(root, 'compose/compose.yaml.hbs'), 'b');
  expect(await templates.load()).toBe(first);
});
