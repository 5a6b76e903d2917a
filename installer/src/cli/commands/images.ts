import { FactswayError } from '../../model/errors.ts';
import { formatPlan } from '../../model/plan-text.ts';
import type { Ports } from '../../ports/ports.ts';
import {
  CONFIG_OPTIONS,
  configRequest,
  type Command,
  type CommandInput,
  type CommandResult,
} from '../command.ts';

export const images: Command = {
  name: 'images',
  summary: 'list the images of the platform, and lock their tags to digests',
  description:
    'list: every image, its digest where it is locked, and whether it is on this host. lock: asks the registries which image each tag stands for now and writes images.lock.yaml; everything is rendered and fetched by digest from then on. lock --check: whether the lock knows every image and each tag is still what was locked (exit code 3 where not). unlock: follow the tags again. A release, override or registry that the lock does not know is refused until it is locked too. The login of `docker login` is used.',
  examples: [
    { command: 'factsway-install images list', does: 'what runs here' },
    { command: 'factsway-install images lock', does: 'then: factsway-install up' },
    {
      command: 'factsway-install images lock --set release.version=1.1.0',
      does: 'also the release after it',
    },
    { command: 'factsway-install images lock --check --json', does: 'for a check once a day' },
    {
      command: 'factsway-install images lock --refresh',
      does: 'takes what the tags stand for now',
    },
  ],
  argument: { name: 'action', description: 'list (the default), lock or unlock', optional: true },
  options: [
    ...CONFIG_OPTIONS.filter(({ flags }) => flags !== '--overwrite-edited'),
    { flags: '--check', description: 'with lock: compare, and write nothing' },
    { flags: '--refresh', description: 'with lock: ask again for tags that are locked already' },
  ],
  changes: true,
  async run(input, ports) {
    const action = input.argument ?? 'list';
    if (action === 'list') return list(input, ports);
    if (action === 'lock')
      return input.options['check'] === true ? check(input, ports) : lock(input, ports);
    if (action === 'unlock') return unlock(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "images ${action}".`,
      'Use: factsway-install images list, lock or unlock',
    );
  },
};

const consentOf = ({ yes, dryRun }: CommandInput) => ({ yes, dryRun });

async function list(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ listImages }, { formatTable }] = await Promise.all([
    import('../../flows/image-lock.ts'),
    import('../format.ts'),
  ]);
  const found = await listImages(configRequest(input), ports);
  const rows = found.map(({ component, reference, digest, here }) => [
    component,
    reference,
    digest === '' ? '-' : digest.slice(0, 'sha256:'.length + 12),
    here ? 'yes' : 'no',
  ]);
  return {
    result: { images: found },
    text: formatTable([['COMPONENT', 'REFERENCE', 'LOCKED TO', 'HERE'], ...rows]),
  };
}

async function lock(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ lockImages }, { planAsJson }] = await Promise.all([
    import('../../flows/image-lock.ts'),
    import('../format.ts'),
  ]);
  const { plan, executed } = await lockImages(
    {
      ...configRequest(input),
      consent: consentOf(input),
      refresh: input.options['refresh'] === true,
    },
    ports,
  );
  const done = 'Locked. Render and fetch by digest: factsway-install up';
  return {
    result: { plan: planAsJson(plan), executed },
    text: !executed
      ? formatPlan(plan)
      : plan.steps.length === 0
        ? 'Every image is locked already.'
        : done,
  };
}

async function check(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const { checkLock } = await import('../../flows/image-lock.ts');
  const { checked, error } = await checkLock(configRequest(input), ports);
  if (error) throw error;
  return { result: { checked }, text: `${checked} tags stand for the images they are locked to.` };
}

async function unlock(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ unlockImages }, { planAsJson }] = await Promise.all([
    import('../../flows/image-lock.ts'),
    import('../format.ts'),
  ]);
  const { plan, executed } = await unlockImages(
    { directory: input.directory, consent: consentOf(input) },
    ports,
  );
  return {
    result: { plan: planAsJson(plan), executed },
    text: !executed
      ? formatPlan(plan)
      : plan.steps.length === 0
        ? 'Nothing is locked.'
        : 'The images follow their tags again from the next: factsway-install up',
  };
}
