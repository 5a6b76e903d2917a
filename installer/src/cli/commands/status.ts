import { count } from '../../model/units.ts';
import type { Status } from '../../flows/status.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Command } from '../command.ts';

const PENDING: Readonly<Record<Status['configuration'], string>> = {
  none: '',
  changed:
    '\n\nfactsway.yaml has been changed since; that is not in effect yet. See what it changes: factsway-install diff',
  rendered:
    '\n\nfactsway.yaml has been changed and rendered since; that is not in effect yet. Apply it: factsway-install up',
  invalid:
    '\n\nfactsway.yaml has been changed since, and cannot be used as it is. See why: factsway-install diff',
  missing: '',
};

export const status: Command = {
  name: 'status',
  summary: 'show what runs',
  description:
    'Lists every component with its state, health and age, as it was last applied by install or up: what is in factsway.yaml since then is not in effect, nor what was only rendered. Exit code 3 when something is not as it should be.',
  exitCodes: { 0: 'everything is as it should be', 3: 'something is not' },
  examples: [{ command: 'factsway-install status --json', does: 'for scripts' }],
  options: [],
  changes: false,
  async run(input, ports) {
    const [{ status: look }, { noteOfLostConfig }, { formatTable, formatAge }] = await Promise.all([
      import('../../flows/status.ts'),
      import('../../flows/in-effect.ts'),
      import('../format.ts'),
    ]);
    const found = await look(input.directory, ports);
    const lost = await noteOfLostConfig(input.directory, ports.files);
    const now = ports.clock.now();
    const rows = found.components.map(({ service, state, health, startedAt, restarts, ...is }) => [
      is.good ? '✓' : '✗',
      is.yours ? `${service} (yours)` : service,
      state,
      health === 'none' ? '' : health,
      state === 'running' ? formatAge(startedAt, now) : '',
      restarts > 0 ? count(restarts, 'restart', 'restarts') : '',
    ]);
    const isDown = found.components.every(({ state }) => state !== 'running');
    const tail =
      found.healthy && !found.closed
        ? ''
        : `\n\n${isDown ? 'Start it' : found.healthy ? 'Let people in again' : 'Not everything is well. Bring it back'}: factsway-install up`;
    return {
      result: found,
      text: `${headOf(found, isDown)}\n\n${formatTable([['', 'COMPONENT', 'STATE', 'HEALTH', 'UP', ''], ...rows])}${tail}${PENDING[found.configuration]}${lost === undefined ? '' : `\n\n${lost}`}`,
      ...(found.healthy && !found.closed ? {} : { error: unwell(found) }),
    };
  },
};

function headOf({ release, slot, url, closed }: Status, isDown: boolean): string {
  if (release === null) return 'No release is recorded.';
  if (isDown) return `Release ${release} is down: nothing of it is running.`;
  const serves = `Release ${release} serves in slot ${slot ?? ''} at ${url}`;
  // An upgrade that is under way shows it as well, and takes it away itself.
  return closed
    ? `Release ${release} is behind the maintenance page: nobody is served at ${url}`
    : serves;
}

function unwell({ components }: Status): FactswayError {
  const bad = components.filter(({ good }) => !good).map(({ service }) => service);
  if (bad.length === 0) {
    return new FactswayError(
      'FW-NOT-RUNNING',
      'The maintenance page is shown: nobody is served.',
      'Unless an upgrade or a restore is under way, let people in again: factsway-install up',
    );
  }
  return new FactswayError(
    'FW-NOT-RUNNING',
    `${bad.length} of ${components.length} components are not as they should be: ${bad.join(', ')}.`,
    'Bring them back: factsway-install up',
  );
}
