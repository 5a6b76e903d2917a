import { formatPlan } from '../../model/plan-text.ts';
import { FactswayError } from '../../model/errors.ts';
import { didYouMean } from '../../model/did-you-mean.ts';
import type { ReleaseResult, Strategy } from '../../flows/upgrade.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommandInput, CommandResult, OptionSpec } from '../command.ts';
import { gatesError } from '../verdict.ts';

const STRATEGIES: readonly Strategy[] = ['slots', 'recreate'];

export const STRATEGY_OPTION: OptionSpec = {
  flags: '--strategy <name>',
  description:
    'slots: beside what serves, unnoticed; recreate: behind a maintenance page, with the memory of one release (default: upgrade.strategy)',
  values: STRATEGIES,
};

export const NO_VERIFY_OPTION: OptionSpec = {
  flags: '--no-verify',
  description: 'do not ask the gates afterwards: for scripts that run verify themselves',
};

/** Throws FW-USAGE for a name that is none. */
export function strategyOf({ options }: CommandInput): { strategy?: Strategy } {
  const given = options['strategy'];
  if (typeof given !== 'string') return {};
  const strategy = STRATEGIES.find((one) => one === given);
  if (strategy) return { strategy };
  throw new FactswayError(
    'FW-USAGE',
    `There is no strategy "${given}".`,
    `${didYouMean(given, STRATEGIES)}Known: ${STRATEGIES.join(', ')}`,
  );
}

/** What is printed when another release has taken over, or would. */
export async function tellReleaseChange(
  { from, to, plan, executed, warnings, measured }: ReleaseResult,
  input: CommandInput,
  ports: Ports,
): Promise<CommandResult> {
  const [{ verify }, { planAsJson, formatChecks }, format] = await Promise.all([
    import('../../flows/verify.ts'),
    import('../format.ts'),
    import('../format-release-change.ts'),
  ]);
  const facts = { from, to, plan: planAsJson(plan), executed };
  if (!executed) return { result: facts, text: formatPlan(plan), warnings };
  if (plan.steps.length === 0)
    return {
      result: { ...facts, measured: null },
      text: `${to} serves already; there is nothing to do.`,
      warnings,
    };
  const sentence = `${to} serves. ${measured ? format.describeMeasured(measured) : ''}`.trim();
  const served = { ...facts, measured: format.measuredFacts(measured) };
  if (input.options['verify'] === false)
    return {
      result: { ...served, gates: [] },
      text: `${sentence} Prove it: factsway-install verify`,
      warnings,
    };
  const gates = await verify(
    {
      directory: input.directory,
      gates: [],
      timeoutMs: 60_000,
      // The new services are asked for by Prometheus since they serve: what it saw of them is of now.
      ...(measured ? { sinceMs: measured.startedMs } : {}),
    },
    ports,
  );
  const error = gatesError(gates);
  return {
    result: { ...served, gates },
    text: [
      ...(error ? [formatChecks(gates, input.surface), ''] : []),
      sentence,
      format.gatesSentence(gates),
    ].join('\n'),
    warnings,
    ...(error ? { error } : {}),
  };
}
