import { load } from 'js-yaml';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monitoringContext } from '../../installer/src/catalog/monitoring-context.ts';
import { renderBundle } from '../../installer/src/render/render-bundle.ts';
import { ALERTS } from '../../monitoring/alerts/index.ts';
import { alertGroups } from '../../monitoring/rules.ts';
import { RULE_TESTS } from '../../monitoring/tests/index.ts';
import {
  promtoolTests,
  quietSundayTest,
  type WrittenGroup,
} from '../../monitoring/tests/promtool.ts';
import { catalogWith, ENGINE } from '../fakes/builders.ts';
import { dockerTry } from './support/docker.ts';

/** How the edge has its certificate decides which alerts there are. */
const MODES = {
  internal: {},
  provided: { edge: { tls: { mode: 'provided' } } },
  acme: { edge: { tls: { mode: 'acme', email: 'admin@example.com' } } },
  off: { edge: { tls: { mode: 'off' } } },
} as const;
const ALERT_RULES = 'config-templates/prometheus/rules/alerts.yml.hbs';
const IMAGE = 'factsway/prometheus:debian-13';
/** Every alert there is, whatever platform it belongs to. */
const EVERYWHERE = ALERTS.map(({ appliesTo: _, ...alert }) => alert);

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-rules-'));
  await chmod(work, 0o755);
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

async function write(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(work, directory, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, content, { mode: 0o644 });
  }
}

const promtool = (directory: string, ...argv: string[]) =>
  dockerTry(
    ...['run', '--rm', '--network', 'none', '--volume', `${join(work, directory)}:/rules:ro`],
    ...['--workdir', '/rules', '--entrypoint', 'promtool', IMAGE, ...argv],
  );

/** What is rendered below config/prometheus for a way of having a certificate, and the alerts in it. */
function rendered(mode: keyof typeof MODES) {
  const catalog = catalogWith({ images: { source: 'debian' }, ...MODES[mode] });
  const prefix = 'config/prometheus/';
  const files = renderBundle(catalog, ENGINE).files.filter(({ path }) => path.startsWith(prefix));
  return {
    files: Object.fromEntries(
      files.map(({ path, content }) => [path.slice(prefix.length), content]),
    ),
    groups: alertGroups(monitoringContext(catalog)),
  };
}

/** Runs the tests of these alerts against the rules in the directory. */
async function prove(directory: string, alerts: readonly string[]): Promise<void> {
  const tests = RULE_TESTS.filter(({ alert }) => alerts.includes(alert));
  await run(directory, promtoolTests(tests, await rulesIn(directory)));
}

/** Throws promtool's words where a test fails. */
async function run(directory: string, tests: Readonly<Record<string, string>>): Promise<void> {
  await write(directory, tests);
  const files = Object.keys(tests).filter((file) => !file.startsWith('rules/'));
  const { exitCode, output } = await promtool(directory, 'test', 'rules', ...files);
  if (exitCode !== 0 || output.includes('FAILED')) throw new Error(output);
}

/** The groups as they were written. */
async function rulesIn(directory: string): Promise<WrittenGroup[]> {
  const files = ['recordings.yml', 'alerts.yml'].map((file) =>
    readFile(join(work, directory, 'rules', file), 'utf8'),
  );
  return (await Promise.all(files)).flatMap(
    (text) => (load(text) as { groups: WrittenGroup[] }).groups,
  );
}

describe.each(Object.keys(MODES) as (keyof typeof MODES)[])('the rules of tls.mode %s', (mode) => {
  it('are accepted by promtool, with the configuration that loads them', async () => {
    const { files, groups } = rendered(mode);
    await write(mode, files);
    const config = await promtool(mode, 'check', 'config', 'prometheus.yml');
    expect(config.exitCode, config.output).toBe(0);
    const rules = await promtool(
      mode,
      ...[
        'check',
        'rules',
        '--lint=all',
        '--lint-fatal',
        'rules/alerts.yml',
        'rules/recordings.yml',
      ],
    );
    expect(rules.exitCode, rules.output).toBe(0);
    const written = load(files['rules/alerts.yml'] ?? '') as { groups: { rules: unknown[] }[] };
    expect(written.groups.flatMap((group) => group.rules)).toHaveLength(
      groups.flatMap((group) => group.rules).length,
    );
  });
});

it('every alert fires, holds still just below and resolves', async () => {
  const { files, groups } = rendered('internal');
  await write('proof', files);
  await prove(
    'proof',
    groups.flatMap(({ rules }) => rules.map(({ name }) => name)),
  );
});

it('a quiet Sunday fires nothing, with backups and a mirror as well', async () => {
  const { files } = rendered('internal');
  const context = {
    ...monitoringContext(catalogWith()),
    tls: 'internal',
    backups: true,
    mirror: true,
  } as const;
  await write('quiet', {
    ...files,
    'rules/alerts.yml': ENGINE.render(ALERT_RULES, { alertGroups: alertGroups(context) }),
  });
  await run('quiet', quietSundayTest(await rulesIn('quiet')));
});

it('alerts that this platform does not have are proven by the same rules', async () => {
  const { files, groups } = rendered('internal');
  const here = new Set(groups.flatMap(({ rules }) => rules.map(({ name }) => name)));
  const all = alertGroups(monitoringContext(catalogWith()), EVERYWHERE);
  await write('elsewhere', {
    ...files,
    'rules/alerts.yml': ENGINE.render(ALERT_RULES, { alertGroups: all }),
  });
  const others = EVERYWHERE.map(({ name }) => name).filter((name) => !here.has(name));
  expect(others.length).toBeGreaterThan(0);
  await prove('elsewhere', others);
});

it('a limit that was moved is noticed by a test', async () => {
  const { files } = rendered('internal');
  await write('moved', {
    ...files,
    'rules/alerts.yml': (files['rules/alerts.yml'] ?? '').replaceAll('0.03', '0.04'),
  });
  await expect(prove('moved', ['DiskFull'])).rejects.toThrow('DiskFull');
});
