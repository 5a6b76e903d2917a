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
    const head =
      found.release === null
        ? 'No release is recorded.'
        : isDown
          ? `Release ${found.release} is down: nothing of it is running.`
          : `Release ${found.release} serves in slot ${found.slot ?? ''} at ${found.url}`;
    const tail = found.healthy
      ? ''
      : `\n\n${isDown ? 'Start it' : 'Not everything is well. Bring it back'}: factsway-install up`;
    return {
      result: found,
      text: `${head}\n\n${formatTable([['', 'COMPONENT', 'STATE', 'HEALTH', 'UP', ''], ...rows])}${tail}${PENDING[found.configuration]}${lost === undefined ? '' : `\n\n${lost}`}`,
      ...(found.healthy ? {} : { error: unwell(found.components) }),
    };
  },
};

function unwell(components: readonly { service: string; good: boolean }[]): FactswayError {
  const bad = components.filter(({ good }) => !good).map(({ service }) => service);
  return new FactswayError(
    'FW-NOT-RUNNING',
    `${bad.length} of ${components.length} components are not as they should be: ${bad.join(', ')}.`,
    'Bring them back: factsway-install up',
  );
}
