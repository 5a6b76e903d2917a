import { count } from '../../model/units.ts';
import { CONFIG_OPTIONS, configRequest, type Command } from '../command.ts';

export const render: Command = {
  name: 'render',
  summary: 'write the instance directory; needs no Docker and no network',
  description:
    'Renders factsway.yaml into Compose files and component configurations. Deterministic: the same answers in the same directory give the same bytes, secrets aside (runbooks name the directory). A second run changes nothing.',
  exitCodes: { 5: '', 6: '' },
  files: [
    { path: 'factsway.yaml', what: 'read; made from the answers if it is missing' },
    { path: 'compose*.yaml, .env, config/', what: 'rendered' },
    { path: 'secrets/', what: 'passwords; made once, never made again' },
    { path: 'state/previous/', what: 'the files before this rendering' },
    { path: 'state/edited/', what: 'copies of what --overwrite-edited replaced' },
  ],
  examples: [
    {
      command: 'factsway-install render --dir ./factsway --set host.name=factsway.example.com',
      does: 'writes ./factsway',
    },
    { command: 'factsway-install render --dry-run', does: 'lists what would change' },
  ],
  options: CONFIG_OPTIONS,
  changes: true,
  async run(input, ports) {
    const { overwrite, ...request } = configRequest(input);
    const [{ apply }, { planAsJson }] = await Promise.all([
      import('../../flows/apply.ts'),
      import('../format.ts'),
    ]);
    const options = { title: 'Render the instance directory', overwrite, renderOnly: true };
    const { plan, executed, warnings } = await apply(
      { ...request, command: 'render', options, consent: { yes: true, dryRun: input.dryRun } },
      ports,
    );
    const files = plan.steps.flatMap(({ action }) =>
      action.kind === 'WriteBundle' ? action.changes : [],
    );
    const text = !executed
      ? files.map(({ change, path }) => `${change} ${path}`).join('\n')
      : files.length === 0
        ? `${input.directory} is up to date.`
        : `${count(files.length, 'file', 'files')} written to ${input.directory}.`;
    return {
      result: { directory: input.directory, executed, files, plan: planAsJson(plan) },
      text,
      warnings,
    };
  },
};
