import type { Workload } from '../../model/workload.ts';
import type { ExecResult } from '../../ports/docker.ts';

/** Said of a file that is fine, or of the work itself. */
const NO_PROBLEM =
  /^(Checking |SUCCESS|FAILED:?$|Found:|Valid configuration| - |Error: adapting)|"level":"(info|warn|debug)"/;
const MOST_LINES = 8;

/** What the program itself has against its files, a line each, by their names in the instance directory. */
export function configProblems(
  { config }: Pick<Workload, 'config'>,
  { exitCode, stdout, stderr }: ExecResult,
): string[] {
  if (!config || exitCode === 0) return [];
  const lines = `${stderr}\n${stdout}`
    .replaceAll(`${config.mount}/`, `config/${config.directory}/`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const told = [...new Set(lines)].filter((line) => !NO_PROBLEM.test(line));
  const silent = [`${config.check?.[0] ?? 'it'} ended with ${exitCode} and said nothing`];
  return [told, lines, silent].find(({ length }) => length > 0)?.slice(0, MOST_LINES) ?? [];
}
