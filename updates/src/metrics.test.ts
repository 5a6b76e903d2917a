import { mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const SHA = `${'A'.repeat(86)}==`;

it('tells what each manifest offers, and which of its files a client would not get', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mirror-'));
  const { registry } = createMetrics(directory);
  const shown = async (): Promise<string[]> =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => /^factsway_updates_(live_info|missing_files)\{/.test(line));
  expect(await shown()).toEqual([]);
  await writeFile(
    join(directory, 'latest.yml'),
    `version: 1.2.0
files: [{url: FACTSWAY-Setup-1.2.0.exe, sha512: ${SHA}, size: 5}]
path: FACTSWAY-Setup-1.2.0.exe
sha512: ${SHA}
releaseDate: '2026-03-01T00:00:00.000Z'
`,
  );
  await writeFile(join(directory, 'beta.yml'), 'version: [');
  await utimes(join(directory, 'beta.yml'), 1_700_000_000, 1_700_000_000);
  expect(await shown()).toEqual([
    'factsway_updates_missing_files{manifest="latest.yml"} 1',
    'factsway_updates_missing_files{manifest="beta.yml"} 0',
    'factsway_updates_live_info{manifest="latest.yml",version="1.2.0"} 1',
    'factsway_updates_live_info{manifest="beta.yml",version="unreadable"} 1',
  ]);
  expect(await registry.metrics()).toContain(
    'factsway_updates_changed_timestamp_seconds{manifest="beta.yml"} 1700000000\n',
  );
  // Served to nobody: what lies elsewhere is not there.
  await writeFile(join(directory, 'elsewhere'), '12345');
  await symlink('elsewhere', join(directory, 'FACTSWAY-Setup-1.2.0.exe'));
  await symlink('latest.yml', join(directory, 'latest-mac.yml'));
  expect(await shown()).toContain('factsway_updates_missing_files{manifest="latest.yml"} 1');
  expect(await shown()).toContain(
    'factsway_updates_live_info{manifest="latest-mac.yml",version="unreadable"} 1',
  );
  await rm(join(directory, 'FACTSWAY-Setup-1.2.0.exe'));
  await writeFile(join(directory, 'FACTSWAY-Setup-1.2.0.exe'), '12345');
  expect(await shown()).toContain('factsway_updates_missing_files{manifest="latest.yml"} 0');
  await rm(directory, { recursive: true });
});

it('counts from 0, so that the first failure is one', async () => {
  const text = await createMetrics('/nowhere').registry.metrics();
  expect(text).toContain('factsway_updates_requests_total{kind="manifest",status="503"} 0');
  expect(text).toContain('factsway_updates_sent_bytes_total{kind="installer"} 0');
});
