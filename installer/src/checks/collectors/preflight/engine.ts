import type { BootFacts, ComposeFacts, EngineFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

/** The package's unit, and that of the snap. */
const UNITS = ['docker.service', 'snap.docker.dockerd.service'];

export async function collectEngine({ ports }: PreflightView): Promise<EngineFacts> {
  const details = await ports.engineProbes.details();
  const kind =
    details.rootDirectory === '' ? 'absent' : await ports.machine.kindOf(details.rootDirectory);
  return { ...details, rootIsHere: kind === 'directory' };
}

export async function collectCompose({ ports }: PreflightView): Promise<ComposeFacts> {
  return { version: await ports.compose.version() };
}

export async function collectBoot({ ports }: PreflightView): Promise<BootFacts> {
  const { files, machine } = ports;
  const [unit = ''] = UNITS;
  // systemctl is often there where systemd itself does not run, and then answers all the same.
  if (!(await files.exists('/run/systemd/system'))) return { state: undefined, unit };
  let last = 'not installed as a service of systemd';
  for (const candidate of UNITS) {
    const answer = await machine.ask(['systemctl', 'is-enabled', candidate]);
    const state = answer?.stdout.trim() ?? '';
    if (state === '' || state === 'not-found') continue;
    if (answer?.exitCode === 0) return { state, unit: candidate };
    last = state;
  }
  return { state: last, unit };
}
