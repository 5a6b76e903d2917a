import { alertReceivers } from '../checks/analysers/preflight/alert-receivers.ts';
import { judgeAlertSecrets } from '../checks/analysers/alert-secrets.ts';
import { collectAlertSecrets } from '../checks/collectors/alert-secrets.ts';
import { FactswayError } from '../model/errors.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * The secret files of the receivers of alerts can be what they should, before anything is planned. Throws
 * FW-ALERT-SECRET; one that is missing is told with all that are, by the plan. Doubts are said as warnings.
 */
export async function requireReceivers(
  { catalog, directory }: Desired,
  { files, reporter }: Pick<Ports, 'files' | 'reporter'>,
  skip: readonly string[],
): Promise<void> {
  if (skip.includes(alertReceivers.name)) return;
  const facts = await collectAlertSecrets({ catalog, directory, ports: { files } });
  const { status, code, found, remedy, details } = judgeAlertSecrets(facts, directory);
  if (status === 'fail' && code === 'FW-ALERT-SECRET')
    throw new FactswayError(code, `${found}.`, remedy, details);
  if (status === 'warn') for (const doubt of [found, ...details]) reporter.warning(`${doubt}.`);
}
