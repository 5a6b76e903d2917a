import type { CheckResult } from '../../model/check-result.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import {
  CONFIG_OPTIONS,
  configRequest,
  SKIP_CHECK_OPTION,
  skippedChecks,
  type Command,
  type CommandInput,
  type CommandResult,
} from '../command.ts';
import { gatesError } from '../verdict.ts';

export const install: Command = {
  name: 'install',
  summary: 'install the platform, start it and prove that it works',
  description:
    'Looks whether the server is ready (preflight), shows the plan, renders the instance directory, starts everything in order and runs every gate of verify. Run again at any time: it does only what is missing.',
  exitCodes: {
    3: 'refused by a check and nothing was changed; or, after the table of verify: the platform runs, and not every gate is green',
  },
  files: [
    {
      path: 'factsway.yaml',
      what: 'the one file you edit; made from the answers if it is missing',
    },
    { path: 'secrets/', what: 'passwords; made once, never made again' },
    { path: 'compose.override.yaml', what: 'yours: written once, never touched, always honoured' },
    { path: 'compose*.yaml, .env, config/', what: 'rendered; not for editing' },
    { path: 'state/failures/', what: 'logs of what did not start' },
    { path: 'state/journal.jsonl', what: 'every step of every run' },
  ],
  examples: [
    {
      command: 'factsway-install install --set host.name=factsway.example.com',
      does: 'shows the plan and asks',
    },
    {
      command: 'factsway-install install --answers answers.yaml --yes --json',
      does: 'unattended, for scripts',
    },
    { command: 'factsway-install install --dry-run', does: 'shows the plan and changes nothing' },
  ],
  options: [
    ...CONFIG_OPTIONS,
    SKIP_CHECK_OPTION,
    { flags: '--no-start', description: 'write the instance directory only' },
  ],
  changes: true,
  async run(input, ports) {
    return (await asksQuestions(input, ports))
      ? installByWizard(input, ports)
      : carryOut(configRequest(input), input, ports);
  },
};

/** A new instance that nobody has said anything about, and somebody who can be asked. */
async function asksQuestions(
  { directory, options, yes, dryRun }: CommandInput,
  { files, prompter }: Ports,
): Promise<boolean> {
  if (!prompter.interactive || yes || dryRun) return false;
  if (options['answers'] !== undefined || options['set'] !== undefined) return false;
  const [{ instancePaths }, { refuseLostConfig }] = await Promise.all([
    import('../../flows/paths.ts'),
    import('../../flows/resolve-config.ts'),
  ]);
  await refuseLostConfig(directory, files);
  return !(await files.exists(instancePaths(directory).config));
}

/** The questions of the wizard, then the way every installation takes. */
export async function installByWizard(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { runWizard } = await import('../../flows/wizard/run-wizard.ts');
  return runWizard(
    {
      directory: input.directory,
      carryOut: (answersFile, asking) =>
        carryOut({ ...configRequest(input), answersFile }, input, asking),
    },
    ports,
  );
}

async function carryOut(
  { overwrite, ...request }: ReturnType<typeof configRequest>,
  input: CommandInput,
  ports: Ports,
): Promise<CommandResult> {
  const [
    { apply },
    { requireCheckNames },
    { passPreflight },
    { verify },
    { planAsJson, formatChecks },
    { describeInstance },
  ] = await Promise.all([
    import('../../flows/apply.ts'),
    import('../../flows/preflight.ts'),
    import('../../flows/preflight-verdict.ts'),
    import('../../flows/verify.ts'),
    import('../format.ts'),
    import('../describe-instance.ts'),
  ]);
  const renderOnly = input.options['start'] === false;
  const title = renderOnly ? 'Write the instance directory' : 'Install the platform';
  const consent = { yes: input.yes, dryRun: input.dryRun };
  const skip = skippedChecks(input);
  requireCheckNames(skip);
  let checks: readonly CheckResult[] = [];
  const applied = await apply(
    {
      ...request,
      command: 'install',
      skipChecks: skip,
      options: { title, overwrite, renderOnly },
      consent,
      // Files alone ask nothing of the server they are written on.
      ...(renderOnly
        ? {}
        : {
            inspect: async (desired) => {
              checks = await passPreflight({ purpose: 'install', skip }, desired, ports);
            },
          }),
    },
    ports,
  );
  const preflight = checks.filter(({ status }) => status !== 'pass');
  const plan = planAsJson(applied.plan);
  if (!applied.executed || renderOnly) {
    return {
      result: { plan, executed: applied.executed, preflight },
      text: applied.executed ? `Written to ${input.directory}.` : formatPlan(applied.plan),
      warnings: applied.warnings,
    };
  }
  const gates = await verify({ directory: input.directory, gates: [], timeoutMs: 60_000 }, ports);
  const instance = describeInstance(applied.catalog, input.directory);
  const error = gatesError(gates);
  return {
    result: { plan, executed: true, preflight, gates, instance: instance.facts },
    text: `${formatChecks(gates, input.surface)}\n\n${error === undefined ? instance.text : 'The platform runs, but not every gate is green.'}`,
    warnings: applied.warnings,
    ...(error ? { error } : {}),
  };
}
