import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const secrets: Command = {
  name: 'secrets',
  summary: 'which secrets there are; gives one a new value while the platform serves',
  description:
    'list: every secret with who reads it, who made it and when it was rotated last; never a value. rotate: gives a secret a new value, in what checks it, in its file below secrets/ and in who reads it. The password of the services changes without a failed request: each slot has a role of its own in the database, the services start in the other slot with the new value, requests are led there, and only then the value before stops to work. Where the server has no room for two slots they are away for a moment, which is measured. A run that was killed is finished by the same command, with the same value. What somebody else makes (receivers of alerts, roles of a PostgreSQL of your own) is refused with what to do instead.',
  files: [
    { path: 'secrets/', what: 'one file per secret; .next and .former while one is rotated' },
    { path: 'state/rotations.json', what: 'when each was rotated last' },
  ],
  examples: [
    { command: 'factsway-install secrets list', does: 'one line per secret' },
    {
      command: 'factsway-install secrets rotate postgres-app-password --dry-run',
      does: 'shows every step',
    },
    { command: 'factsway-install secrets rotate --all --yes', does: 'all that can be, in turn' },
  ],
  argument: {
    name: 'action',
    description: 'list (the default) or rotate',
    optional: true,
    values: ['list', 'rotate'],
  },
  more: {
    name: 'name',
    description: 'with rotate: the secret, by the name of its file',
    optional: true,
    values: async () => (await import('../../flows/names.ts')).secretNames(),
  },
  options: [{ flags: '--all', description: 'with rotate: every secret that can be, one by one' }],
  changes: true,
  async run(input, ports) {
    const action = input.argument ?? 'list';
    if (action === 'list') return list(input, ports);
    if (action === 'rotate') return rotate(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "secrets ${action}".`,
      'Use: factsway-install secrets list or rotate',
    );
  },
};

async function list({ directory }: CommandInput, { files }: Ports): Promise<CommandResult> {
  const [{ listSecrets }, { formatSecrets }] = await Promise.all([
    import('../../flows/secrets/list-secrets.ts'),
    import('../format-secrets.ts'),
  ]);
  const found = await listSecrets(directory, files);
  return { result: { secrets: found }, text: formatSecrets(found) };
}

async function rotate(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ rotateSecret }, { planAsJson }, { describeMeasured, measuredFacts }] = await Promise.all(
    [
      import('../../flows/secrets/rotate-secret.ts'),
      import('../format.ts'),
      import('../format-release-change.ts'),
    ],
  );
  const { directory, yes, dryRun } = input;
  const results: { secret: string; plan: unknown; executed: boolean; measured: unknown }[] = [];
  const lines: string[] = [];
  for (const name of await namesOf(input, ports)) {
    const request = { directory, name, consent: { yes, dryRun } };
    const { plan, executed, measured } = await rotateSecret(request, ports);
    results.push({
      secret: name,
      plan: planAsJson(plan),
      executed,
      measured: measuredFacts(measured),
    });
    lines.push(
      executed
        ? `${name} has a new value. ${measured ? describeMeasured(measured) : ''}`.trim()
        : formatPlan(plan),
    );
  }
  return { result: { rotated: results }, text: lines.join('\n') };
}

/** Those whose failure would leave the least behind first. Throws FW-USAGE. */
async function namesOf(
  { more, options, directory }: CommandInput,
  { files }: Ports,
): Promise<readonly string[]> {
  const all = options['all'] === true;
  if (more !== undefined && !all) return [more];
  if (more === undefined && all) {
    const { listSecrets } = await import('../../flows/secrets/list-secrets.ts');
    return (await listSecrets(directory, files))
      .filter(({ rotatable }) => rotatable)
      .map(({ name }) => name);
  }
  throw new FactswayError(
    'FW-USAGE',
    'secrets rotate needs the name of one secret, or --all.',
    'See which there are: factsway-install secrets list   then: factsway-install secrets rotate NAME',
  );
}
