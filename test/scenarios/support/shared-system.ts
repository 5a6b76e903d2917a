import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './cli.ts';
import { SCRATCH, SHARED, TORTURE, TORTURE_NEWLINE } from './instance.ts';
import { removeLeftovers } from './leftovers.ts';

/** The outcome of the shared installation, for the scenario that judges it. */
export const INSTALL_RESULT = join(ROOT, 'build/scenarios/shared-install.json');

/**
 * Installs the system the scenarios share, with passwords no quoting survives by luck, and removes it
 * afterwards. A failed installation is judged by the first scenario, not here: it has the better words.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await removeLeftovers();
  await SCRATCH.remove();
  await SHARED.remove();
  await SHARED.presetSecret('postgres-app-password', TORTURE);
  await SHARED.presetSecret('postgres-owner-password', TORTURE_NEWLINE);
  await SHARED.presetSecret('postgres-monitor-password', TORTURE);
  await SHARED.presetSecret('postgres-superuser-password', TORTURE_NEWLINE);
  const result = await SHARED.install();
  await mkdir(join(ROOT, 'build/scenarios'), { recursive: true });
  await writeFile(INSTALL_RESULT, JSON.stringify(result, null, 2));
  return async () => {
    await SHARED.keep();
    await SHARED.remove();
    await SCRATCH.remove();
  };
}
