import type { Command } from '../command.ts';

export const uninstall: Command = {
  name: 'uninstall',
  summary: 'take the platform off this server; its data stays unless purged',
  description:
    'Removes the containers, the networks and what was rendered. Volumes, secrets, factsway.yaml, compose.override.yaml and backups stay, and `up` brings everything back from them. With --purge they go too, and so do the images that this installation brought, where nobody else uses them: that has to be confirmed by typing the host name, or with --yes and --confirm. What is not ours is named and never touched. A run that was killed is finished by the next one.',
  exitCodes: {
    5: '',
    6: 'failed half way; the same command finishes the job',
    130: 'interrupted; the same command finishes the job',
  },
  files: [
    { path: 'factsway.yaml, secrets/', what: 'stay without --purge' },
    { path: 'compose.override.yaml', what: 'stays without --purge' },
    { path: 'state/made.json', what: 'which images the installation brought; stays with the data' },
    { path: 'state/edited/', what: 'copies of rendered files that were edited by hand' },
  ],
  examples: [
    {
      command: 'factsway-install uninstall --dry-run',
      does: 'shows what would go, and what stays',
    },
    { command: 'factsway-install uninstall', does: 'keeps the data; `up` brings it all back' },
    {
      command: 'factsway-install uninstall --purge',
      does: 'destroys the data too, once the host name is typed',
    },
    {
      command: 'factsway-install uninstall --purge --yes --confirm factsway.example.com',
      does: 'the same where nobody can be asked',
    },
  ],
  options: [
    { flags: '--purge', description: 'destroy the data as well: volumes, secrets, configuration' },
    {
      flags: '--confirm <hostname>',
      description: 'the host name of the instance that --purge may destroy',
    },
  ],
  changes: true,
  async run({ directory, options, yes, dryRun }, ports) {
    const [{ uninstall: takeAway }, { formatUninstall }, { planAsJson }] = await Promise.all([
      import('../../flows/uninstall.ts'),
      import('../format-uninstall.ts'),
      import('../format.ts'),
    ]);
    const purge = options['purge'] === true;
    const { confirm } = options;
    const request = {
      directory,
      purge,
      ...(typeof confirm === 'string' ? { confirmed: confirm } : {}),
      consent: { yes, dryRun },
    };
    const found = await takeAway(request, ports);
    const { plan, executed, stays, emptied, backup } = found;
    return {
      result: { plan: planAsJson(plan), executed, directory, stays, emptied, backup },
      text: formatUninstall(found, purge),
    };
  },
};
