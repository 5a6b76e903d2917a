import { readFile } from 'node:fs/promises';
import { Load } from '../../load/load.ts';
import { problemsOf, summaryOf } from '../../load/verdict.ts';
import { containerId, docker, query } from './docker.ts';
import { Instance } from './instance.ts';

/** For what replaces releases: an installation that gives no long time to requests that nobody sends. */
export const UPGRADING = new Instance('factsway-upgrading', 22080);

/** An 1.0.0 that serves. Throws what the installer says otherwise. */
export async function installed(settings: Record<string, string | number> = {}): Promise<void> {
  const run = await UPGRADING.install({ 'release.version': '1.0.0', ...settings });
  if (run.exitCode !== 0) throw new Error(JSON.stringify(run.errors));
}

/** Requests that go on until somebody judges them; the document is one of 20 seconds unless said. */
export async function underLoad(
  ratePerSecond: number,
  seconds: number,
  documentPages?: number,
): Promise<Load> {
  return Load.begin({
    url: UPGRADING.url,
    ca: await readFile(UPGRADING.file('state/root-ca.crt'), 'utf8'),
    ratePerSecond,
    seconds,
    ...(documentPages === undefined ? {} : { documentPages }),
  });
}

/** Ends the load; what was wrong with it, in words, and what it came to. */
export async function judge(load: Load): Promise<{ problems: string[]; summary: string }> {
  await load.stop();
  try {
    const applied = await load.settle();
    const report = load.report();
    return { problems: problemsOf(report, applied), summary: summaryOf(report, applied) };
  } finally {
    load.close();
  }
}

/** Which release serves, and from which slot. */
export async function serving(): Promise<{ version: string; slot: 'a' | 'b' }> {
  const text = await readFile(UPGRADING.file('state/release.json'), 'utf8');
  return JSON.parse(text) as { version: string; slot: 'a' | 'b' };
}

/** The whole of a kind and its text are needed where a plan has two of it; names of points tell the time. */
export async function releaseSteps(command: 'upgrade' | 'rollback', ...argv: string[]) {
  const { result, errors } = await UPGRADING.runJson(command, ...argv, '--dry-run');
  if (!result) throw new Error(JSON.stringify(errors));
  const { steps } = result['plan'] as { steps: { kind: string; action: string }[] };
  return steps.map(({ kind, action }) =>
    kind === 'WriteBundle' || kind === 'ReloadConfig' ? action : kind,
  );
}

/** Structure of the database and the migrations it is of, as text. */
export async function schemaText(): Promise<string> {
  const postgres = await containerId(UPGRADING.project, 'postgres');
  const dump = await docker('exec', postgres, 'pg_dump', '-U', 'postgres', '-s', 'factsway');
  const ledger = await query(
    UPGRADING.project,
    'SELECT string_agg(name, chr(44) ORDER BY name) FROM factsway_migrations.ledger',
  );
  // The token that psql restricts its input with differs from dump to dump.
  return `${ledger}\n${dump.replaceAll(/^\\(un)?restrict .*$/gm, '')}`;
}
