import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogWith, ENGINE, TEMPLATES } from './fakes/builders.ts';
import { renderBundle } from '../installer/src/render/render-bundle.ts';

/**
 * What is rendered, as files a reviewer reads. `UPDATE_GOLDEN=1 npx vitest run test` writes them anew;
 * the difference then shows in the diff of the change that caused it.
 */
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const SOURCES = await TEMPLATES.load();
/** One of the pages that are copied with marks filled in, for all of them. */
const FILLED_IN = 'config/runbooks/EdgeDown.html';
/** Generated from the configuration schema and checked there, or a file of ours copied as it is: a second copy tells nothing. */
const isElsewhere = (path: string): boolean =>
  path === 'factsway.schema.json' ||
  (path !== FILLED_IN && Object.hasOwn(SOURCES, path.replace(/^config\//, 'config-templates/')));

const CASES = {
  'debian-8gib-tls-internal': {
    host: { name: 'factsway.example.com', timeZone: 'Europe/Berlin', memory: '8GiB', cores: 2 },
    images: { source: 'debian' },
  },
  'upstream-16gib-tls-off': {
    host: { name: 'factsway.example.com', timeZone: 'America/New_York', memory: '16GiB', cores: 4 },
    edge: { tls: { mode: 'off' } },
    images: { source: 'upstream' },
    backup: { mode: 'on', s3: { bucket: 'firm-backups', region: 'eu-central-1' } },
    monitoring: {
      receivers: {
        pagerduty: { enabled: true },
        slack: { enabled: true, channel: '#factsway-alerts' },
        teams: { enabled: true },
        webhook: { enabled: true },
        email: {
          enabled: true,
          to: ['it@firm.example', 'ann@firm.example'],
          from: 'factsway@firm.example',
          smarthost: 'mail.firm.example:587',
          user: 'factsway',
        },
        deadMansSwitch: { enabled: true },
      },
    },
  },
  'debian-8gib-acme-proxy': {
    host: { name: 'factsway.example.com', timeZone: 'Europe/Berlin', memory: '8GiB', cores: 2 },
    edge: { tls: { mode: 'acme', email: 'admin@example.com' } },
    images: { source: 'debian' },
    monitoring: { prometheusPort: 19090, alertmanagerPort: 19093 },
    network: {
      subnet: '10.77.0.0/24',
      proxy: {
        http: 'http://proxy.example.com:3128',
        https: 'http://proxy.example.com:3128',
        noProxy: ['.firm.example', '10.0.0.0/8'],
      },
    },
  },
};

describe.each(Object.entries(CASES))('%s', (name, settings) => {
  const directory = join(GOLDEN, name);
  const bundle = renderBundle(catalogWith(settings), ENGINE);
  const rendered = new Map(
    bundle.files
      .filter(({ path }) => !isElsewhere(path))
      .map(({ path, content }) => [path, content]),
  );
  if (UPDATE) {
    rmSync(directory, { recursive: true, force: true });
    for (const [path, content] of rendered) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
  }

  it('has these files and no others', () => {
    const kept = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
    expect([...rendered.keys()].sort()).toEqual(kept.sort());
  });

  it.each([...rendered])('%s is as it was reviewed', (path, content) => {
    expect(content).toBe(readFileSync(join(directory, path), 'utf8'));
  });
});
