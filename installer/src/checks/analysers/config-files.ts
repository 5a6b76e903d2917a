import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import { count } from '../../model/units.ts';
import type { ConfigFilesState } from '../facts.ts';

const NAME = 'configuration';

/**
 * What runs goes on with what it read last, so a file that was broken by hand shows at the next reload or start, which
 * is the worst moment: each program would take up its files as they are, and took them up when it was last told to.
 */
export function analyseConfigFiles({ components, refused }: ConfigFilesState): CheckResult {
  const unasked = components.flatMap(({ service, unasked: why }) =>
    why === '' ? [] : [`${service} ${why}, and nobody else can tell whether its files are sound`],
  );
  const broken = components.filter(({ problems }) => problems.length > 0);
  if (broken.length > 0)
    return {
      ...fail(
        NAME,
        `${broken.map(({ service }) => service).join(' and ')} would refuse ${broken.length === 1 ? 'its files' : 'their files'} at the next reload or start`,
        'See what was edited: factsway-install diff; put back what was rendered, with a copy of yours in state/edited: factsway-install up --overwrite-edited',
        broken.flatMap(({ service, problems }) => problems.map((one) => `${service}: ${one}`)),
      ),
      code: 'FW-COMPONENT-FILES',
    };
  const [first] = refused;
  if (first !== undefined)
    return {
      ...fail(
        NAME,
        `${refused.join(' and ')} could not read the files when last told to; they are sound now`,
        `Have them read again: docker compose kill --signal=SIGHUP ${first}`,
      ),
      code: 'FW-COMPONENT-FILES',
    };
  if (unasked.length > 0)
    return fail(
      NAME,
      `${count(unasked.length, 'component', 'components')} cannot be asked`,
      'Start what is missing: factsway-install up',
      unasked,
    );
  return pass(
    NAME,
    `${components.map(({ service }) => service).join(', ')} would take up their files as they are`,
  );
}
