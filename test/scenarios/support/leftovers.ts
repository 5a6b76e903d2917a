import { docker, removeProject } from './docker.ts';

/** Where an installation of a scenario lies, in whichever checkout. */
const OF_SCENARIOS = '/build/scenarios/';
/** What scenarios make beside installations. */
const PREFIX = 'factsway-test-';

/**
 * Removes what an earlier run left that was ended in the middle: several scenarios compare the engine before and after,
 * and installations whose directory is gone would be started again with the engine, over and over.
 */
export async function removeLeftovers(): Promise<void> {
  const project = '{{.Label "com.docker.compose.project"}}';
  const directory = '{{.Label "com.docker.compose.project.working_dir"}}';
  const containers = await lines('ps', '--all', '--format', `${project} ${directory}`);
  const projects = containers
    .filter((line) => line.includes(OF_SCENARIOS))
    .map((line) => line.split(' ')[0] ?? '');
  for (const one of new Set(projects)) await removeProject(one);

  const named = ['--filter', `name=^/?${PREFIX}`];
  await removeAll(['ps', '--all', '--quiet', ...named], ['rm', '--force', '--volumes']);
  await removeAll(['volume', 'ls', '--quiet', ...named], ['volume', 'rm']);
  await removeAll(['network', 'ls', '--quiet', ...named], ['network', 'rm']);
}

async function removeAll(list: readonly string[], remove: readonly string[]): Promise<void> {
  const found = await lines(...list);
  if (found.length > 0) await docker(...remove, ...found);
}

const lines = async (...argv: string[]): Promise<string[]> =>
  (await docker(...argv)).split('\n').filter((line) => line !== '');
