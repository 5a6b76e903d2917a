import { dataVolume } from '../../catalog/data-volume.ts';
import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import { POSTGRES_VERSIONS } from '../../model/postgres-version.ts';
import type { ChangeResult } from '../../flows/postgres/change-postgres.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommandInput, CommandResult, OptionSpec } from '../command.ts';
import { gatesError } from '../verdict.ts';

export const postgresOption = (description: string): OptionSpec => ({
  flags: '--postgres <version>',
  description,
  values: POSTGRES_VERSIONS.map(String),
});

/** A release and PostgreSQL one after the other: whatever goes wrong has one cause. Throws FW-USAGE. */
export function refuseTogether(
  { options }: CommandInput,
  others: readonly (readonly [name: string, flag: string])[],
): void {
  const given = others.filter(([name]) => {
    const value = options[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (given.length === 0) return;
  throw new FactswayError(
    'FW-USAGE',
    `--postgres changes the version of PostgreSQL and nothing else: it does not go with ${given.map(([, flag]) => flag).join(', ')}.`,
    'Do one after the other.',
  );
}

/** What is printed when PostgreSQL has changed, or would. */
export async function tellPostgresChange(
  { plan, executed, from, to }: ChangeResult,
  input: CommandInput,
  ports: Ports,
): Promise<CommandResult> {
  const [{ verify }, { planAsJson, formatChecks }, format] = await Promise.all([
    import('../../flows/verify.ts'),
    import('../format.ts'),
    import('../format-release-change.ts'),
  ]);
  const facts = { from, to, plan: planAsJson(plan), executed };
  if (!executed) return { result: facts, text: formatPlan(plan) };
  const sentences = [
    `PostgreSQL ${to.postgres} serves, from volume ${dataVolume(to.generation)}.`,
    `Volume ${dataVolume(from.generation)} of PostgreSQL ${from.postgres} is untouched; when nobody needs it any more: docs/operations/postgres-upgrade.md`,
  ];
  if (input.options['verify'] === false)
    return {
      result: { ...facts, gates: [] },
      text: [...sentences, 'Prove it: factsway-install verify'].join('\n'),
    };
  const gates = await verify({ directory: input.directory, gates: [], timeoutMs: 60_000 }, ports);
  const error = gatesError(gates);
  return {
    result: { ...facts, gates },
    text: [
      ...(error ? [formatChecks(gates, input.surface), ''] : []),
      ...sentences,
      format.gatesSentence(gates),
    ].join('\n'),
    ...(error ? { error } : {}),
  };
}
