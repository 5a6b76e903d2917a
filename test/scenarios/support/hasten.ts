import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { containerId, docker, until } from './docker.ts';
import type { Instance } from './instance.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** It gives services the time to find their way back, and those keep their own pace, as Alertmanager does. */
const KEPT_FIRING = 'keep_firing_for';
const LEAST_KEPT_MS = 90_000;
const KEYS =
  /^(\s*(?:for|keep_firing_for|interval|\w+_interval|\w+_timeout): )"?(\d+)([smhd])"?$/gm;
const RANGES = /\[(\d+)([smhd])(?::(\d+)([smhd]))?\]/g;

/**
 * Makes Prometheus of a running instance live so many times as fast: scrapes, rounds of rules, windows and `for` are all
 * shorter by that factor, but for how long an alert goes on at least. What alerts already wait for or say goes on.
 * Alertmanager keeps its own time.
 */
export async function hasten(instance: Instance, factor: number): Promise<void> {
  const directory = instance.file('config/prometheus');
  const files = (await readdir(directory, { recursive: true })).filter((file) =>
    file.endsWith('.yml'),
  );
  for (const file of files) {
    const path = join(directory, file);
    await writeFile(path, hastened(await readFile(path, 'utf8'), factor));
  }
  const id = await containerId(instance.project, 'prometheus');
  await docker('exec', id, 'promtool', 'check', 'config', '/etc/prometheus/prometheus.yml');
  const before = await configurationOf(instance);
  await docker('kill', '--signal', 'SIGHUP', id);
  await until('Prometheus has the faster configuration', 30, async () => {
    return (await configurationOf(instance)) !== before;
  });
  // For seconds after a reload it has no Alertmanager. What it says then is lost and said again a minute later: an end
  // that is told so late would come after the end of what kept its alert back.
  await until('Prometheus has its Alertmanager again', 60, () => hasAlertmanager(instance));
}

async function hasAlertmanager({ ports }: Instance): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${ports.prometheus}/api/v1/alertmanagers`);
  type Answer = { data: { activeAlertmanagers: readonly unknown[] } };
  return ((await answer.json()) as Answer).data.activeAlertmanagers.length > 0;
}

/** What Prometheus runs with: it keeps the former one where rules or configuration are wrong. */
async function configurationOf({ ports }: Instance): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${ports.prometheus}/api/v1/status/config`);
  return ((await answer.json()) as { data: { yaml: string } }).data.yaml;
}

/** Durations of keys (`for: 2m`) and of ranges (`[5m]`, `[6m:15s]`) divided; a name like rate5m stays. */
function hastened(text: string, factor: number): string {
  const shorter = (amount: string, unit: string, least = 0): string =>
    `${Math.max(least, Math.round((Number(amount) * (UNITS_MS[unit] ?? 0)) / factor))}ms`;
  return text
    .replaceAll(KEYS, (_, key: string, amount: string, unit: string) => {
      const least = key.includes(KEPT_FIRING) ? LEAST_KEPT_MS : 0;
      return key + shorter(amount, unit, least);
    })
    .replaceAll(RANGES, (_, amount: string, unit: string, step?: string, of?: string) => {
      const resolution = step && of ? `:${shorter(step, of)}` : '';
      return `[${shorter(amount, unit)}${resolution}]`;
    });
}
