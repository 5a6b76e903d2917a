import { judgeCores } from '../checks/analysers/preflight/cores.ts';
import { judgeMemory } from '../checks/analysers/preflight/memory.ts';
import { FactswayError, together } from '../model/errors.ts';
import { EXIT } from '../model/exit-codes.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { Desired } from './desired.ts';

/**
 * Containers are never made with limits the server cannot keep; `install` has looked at that before, under the same
 * names and codes. A plan that makes none is not judged: a server that lost memory must be able to start again.
 */
export function refuseOvercommitment(
  { catalog }: Desired,
  { server }: Observed,
  { steps }: Plan,
  skip: readonly string[],
): void {
  if (!server || !steps.some(({ action }) => action.kind === 'CreateContainers')) return;
  const verdicts = {
    memory: judgeMemory(server, catalog),
    cores: judgeCores(server, catalog),
  };
  const [first, ...others] = Object.entries(verdicts)
    .filter(([name, { status }]) => status === 'fail' && !skip.includes(name))
    .map(
      ([, { code, found, remedy, details }]) =>
        new FactswayError(
          code ?? 'FW-BUG',
          `This server has ${found}.`,
          remedy,
          details,
          EXIT.check,
        ),
    );
  if (first) throw together(first, others);
}
