import { configProblems } from '../../checks/collectors/config-problems.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { readJson } from '../read-json.ts';
import { findContainers, type ActionContext } from './action-context.ts';

/**
 * As `reloadConfig`, and a signal is answered by nobody: the program is asked first whether it would take up the files,
 * those among them that somebody edited by hand. Throws FW-RELOAD-FAILED.
 */
export async function reloadSoundConfig(
  action: ActionOf<'ReloadConfig'>,
  context: ActionContext,
): Promise<void> {
  const workload = context.desired?.catalog.workloads.find(({ id }) => id === action.service);
  const check = action.reload.how === 'signal' ? workload?.config?.check : undefined;
  const [container] = check ? await findContainers(context, [action.service]) : [];
  if (workload && check && container) {
    const problems = configProblems(workload, await context.ports.docker.exec(container.id, check));
    if (problems.length > 0)
      throw new FactswayError(
        'FW-RELOAD-FAILED',
        `${action.service} would refuse its files as they are on disk; it was not told of them and goes on with the old ones.`,
        'See what was edited: factsway-install diff; put back what was rendered, with a copy of yours in state/edited: factsway-install up --overwrite-edited',
        problems.map((problem) => context.mask(problem)),
      );
  }
  await reloadConfig(action, context);
}

/** The component checks the configuration itself and keeps the old one when it does not like the new. */
export async function reloadConfig(
  action: ActionOf<'ReloadConfig'>,
  context: ActionContext,
): Promise<void> {
  const { docker } = context.ports;
  const [container] = await findContainers(context, [action.service]);
  if (!container) return;
  if (action.reload.how === 'signal') await docker.signal(container.id, action.reload.signal);
  if (action.reload.how === 'exec') {
    const result = await docker.exec(container.id, action.reload.argv);
    if (result.exitCode !== 0) {
      throw new FactswayError(
        'FW-RELOAD-FAILED',
        `${action.service} refused its new configuration and goes on with the old one.`,
        'See the lines below; correct factsway.yaml and run the command again.',
        context.mask(result.stderr).trim().split('\n').slice(-10),
      );
    }
  }
  await rememberApplied({ [action.service]: action.configHash }, context);
}

/** state/applied.json: what each running component last took up, by service. */
export function rememberApplied(
  entries: Readonly<Record<string, string>>,
  { ports, paths, serially }: ActionContext,
): Promise<void> {
  return serially(async () => {
    const applied = (await readJson<Record<string, string>>(paths.applied, ports.files)) ?? {};
    await ports.files.write(
      paths.applied,
      `${JSON.stringify({ ...applied, ...entries }, null, 2)}\n`,
      { mode: 0o644 },
    );
  });
}
