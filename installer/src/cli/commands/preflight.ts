import {
  CONFIG_OPTIONS,
  configRequest,
  SKIP_CHECK_OPTION,
  skippedChecks,
  type Command,
} from '../command.ts';

export const preflight: Command = {
  name: 'preflight',
  summary: 'look whether this server is ready, check by check, with what to do',
  description:
    'Looks at the server, Docker, disks, networks, images and the instance directory before an installation or an upgrade. Changes nothing. Exit code 3 when a check failed, 4 when one only warned. `install` does the same before it shows its plan.',
  exitCodes: {
    0: 'every check passed',
    3: 'a check failed; see what to do below it',
    4: 'nothing failed, but a check warned',
  },
  examples: [
    { command: 'factsway-install preflight', does: 'before the first installation' },
    {
      command: 'factsway-install preflight --answers answers.yaml --json',
      does: 'with the settings of the installation, for scripts',
    },
    {
      command: 'factsway-install preflight --for upgrade --set release.version=1.1.0',
      does: 'of an installed system, for the release after it',
    },
    {
      command: 'factsway-install preflight --skip-check clock --skip-check disk-latency',
      does: 'two verdicts do not count',
    },
  ],
  options: [
    {
      flags: '--for <purpose>',
      description: 'install or upgrade: what is about to happen',
      default: 'install',
      values: ['install', 'upgrade'],
    },
    ...CONFIG_OPTIONS.filter(({ flags }) => flags !== '--overwrite-edited'),
    SKIP_CHECK_OPTION,
  ],
  changes: false,
  async run(input, ports) {
    const [flow, verdict, { desire }, { requireConfig }, { unlessInterrupted }, { formatChecks }] =
      await Promise.all([
        import('../../flows/preflight.ts'),
        import('../../flows/preflight-verdict.ts'),
        import('../../flows/desire.ts'),
        import('../../flows/resolve-config.ts'),
        import('../../flows/unless-interrupted.ts'),
        import('../format.ts'),
      ]);
    const purpose = flow.readPurpose(String(input.options['for']));
    const skip = skippedChecks(input);
    flow.requireCheckNames(skip);
    if (purpose === 'upgrade') await requireConfig(input.directory, ports.files);
    const desired = await desire(configRequest(input), ports);
    const checks = await unlessInterrupted(
      flow.preflight({ purpose, skip }, desired, ports),
      ports.signal,
    );
    const error = verdict.preflightError(checks);
    return {
      result: { purpose, checks },
      text: `${formatChecks(checks, input.surface)}\n\n${verdict.preflightSummary(checks)}.`,
      warnings: verdict.preflightWarnings(checks),
      ...(error ? { error } : {}),
    };
  },
};
