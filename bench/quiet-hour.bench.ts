import { execa } from 'execa';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerId, docker } from '../test/scenarios/support/docker.ts';
import { Instance } from '../test/scenarios/support/instance.ts';
import { notifications } from '../test/scenarios/support/notifications.ts';
import { Receivers } from '../test/scenarios/support/receivers.ts';
import type { Row } from './lib/rows.ts';

const HOUR_MS = 3_600_000;
/** So many times as fast as it is: scrapes, rounds, windows and `for` are all shorter by it. */
const FACTOR = 6;
const HOOK = '/alerts';
const ROOT = join(import.meta.dirname, '..');

/**
 * An hour in which people work and nothing is wrong, pressed into ten minutes: every duration in the rendered
 * configuration of Prometheus is divided by six, and the work is done as it comes. Alertmanager is left as it is; any
 * notification of any severity counts.
 */
export async function quietHourRows(): Promise<Row[]> {
  const instance = new Instance('factsway-bench-quiet', 38280);
  const receivers = new Receivers();
  await receivers.start();
  try {
    await instance.remove();
    await instance.presetSecret('alert-webhook-url', receivers.url(HOOK));
    const { errors } = await instance.install({
      'monitoring.receivers.webhook.enabled': 'true',
      'monitoring.receivers.webhook.severities': '["critical","warning","info"]',
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    await hasten(instance);
    const requests = await work(instance, HOUR_MS / FACTOR);
    // Whatever was about to be sent: the longest group_wait is a minute.
    await sleep(65_000);
    const came = notifications(receivers, HOOK).map(({ alert, service }) => `${alert} ${service}`);
    return [
      {
        what: 'an hour of work with nothing wrong (ten minutes, every duration a sixth)',
        measured: `${came.length} notifications over ${requests} rounds of create, read, update, delete in every service`,
        against: '',
        target: '0',
        met: came.length === 0 && requests > 0,
        details: came,
      },
    ];
  } finally {
    await receivers.stop();
    await instance.remove();
  }
}

async function hasten(instance: Instance): Promise<void> {
  const directory = instance.file('config/prometheus');
  const files = (await readdir(directory, { recursive: true })).filter((file) =>
    file.endsWith('.yml'),
  );
  for (const file of files) {
    const path = join(directory, file);
    await writeFile(path, hastened(await readFile(path, 'utf8')));
  }
  const id = await containerId(instance.project, 'prometheus');
  await docker('exec', id, 'promtool', 'check', 'config', '/etc/prometheus/prometheus.yml');
  await docker('kill', '--signal', 'SIGHUP', id);
}

/** Durations of keys (`for: 2m`) and of ranges (`[5m]`); a name like rate5m stays. */
function hastened(text: string): string {
  const shorter = (amount: string, unit: string): string => {
    const ms = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 0;
    return `${Math.round((Number(amount) * ms) / FACTOR)}ms`;
  };
  return text
    .replaceAll(
      /^(\s*(?:for|keep_firing_for|interval|\w+_interval|\w+_timeout): )"?(\d+)([smhd])"?$/gm,
      (_, key: string, amount: string, unit: string) => `${key}${shorter(amount, unit)}`,
    )
    .replaceAll(
      /\[(\d+)([smhd])\]/g,
      (_, amount: string, unit: string) => `[${shorter(amount, unit)}]`,
    );
}

/** Creates, reads, updates and deletes one entry in every service, over and over; the number of rounds. */
async function work(instance: Instance, forMs: number): Promise<number> {
  const until = Date.now() + forMs;
  let rounds = 0;
  while (Date.now() < until) {
    await execa('npx', [
      ...['tsx', join(ROOT, 'scripts/lib/crud-smoke.ts')],
      ...['--url', instance.url, '--ca', instance.file('state/root-ca.crt')],
    ]);
    rounds += 1;
    await sleep(1000);
  }
  return rounds;
}
