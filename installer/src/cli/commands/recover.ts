import type { CheckResult } from '../../model/check-result.ts';
import { CONFIG_OPTIONS, configRequest, type Command } from '../command.ts';
import { gatesError } from '../verdict.ts';

const file = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const recover: Command = {
  name: 'recover',
  summary: 'build a lost server anew from its backups and their key',
  description:
    'On a new server with Docker: fetches the copy of the instance directory that lies beside the backups, with configuration, secrets and overrides, writes it here, restores the newest state of the database, starts the platform and proves it. Needed are the key of the backups and where they are: the name of a bucket and the access to it, or the directory of a disk that outlived the server; nothing of the old server. Run again after it was cut off it goes on, and until it is done nothing else starts the platform. Never run it while the old server still serves.',
  files: [{ path: 'state/recovering.json', what: 'how far it is; gone when the services serve' }],
  examples: [
    {
      command:
        'factsway-install recover --set backup.s3.bucket=firm-backups --set backup.s3.region=eu-central-1 --key /root/backup-key --access-key-id /root/id --secret-access-key /root/secret',
      does: 'asks, and builds the server anew',
    },
    {
      command:
        'factsway-install recover --set backup.local.directory=/mnt/backups/factsway --key /root/backup-key',
      does: 'the same from a disk or a share that outlived the server',
    },
    { command: 'factsway-install recover', does: 'goes on after it was cut off' },
  ],
  options: [
    ...CONFIG_OPTIONS.filter(({ flags }) => flags !== '--overwrite-edited'),
    { flags: '--key <file>', description: 'file with the key of the backups (secrets/backup-key)' },
    { flags: '--access-key-id <file>', description: 'file with the id of the access key of S3' },
    { flags: '--secret-access-key <file>', description: 'file with the secret of that key' },
  ],
  changes: true,
  async run(input, ports) {
    const [{ recoverInstance }, { verify }, { formatChecks }, { formatRestored }] =
      await Promise.all([
        import('../../flows/backups/recover-instance.ts'),
        import('../../flows/verify.ts'),
        import('../format.ts'),
        import('../format-backups.ts'),
      ]);
    const { directory, options, yes, dryRun, surface } = input;
    const { sets, answersFile } = configRequest(input);
    const begun = ports.clock.monotonicMs();
    const { madeAt, restored } = await recoverInstance(
      {
        directory,
        sets,
        ...(answersFile === undefined ? {} : { answersFile }),
        keyFile: file(options['key']),
        accessKeyIdFile: file(options['accessKeyId']),
        secretAccessKeyFile: file(options['secretAccessKey']),
        consent: { yes, dryRun },
      },
      ports,
    );
    if (!restored)
      return {
        result: { madeAt, executed: false },
        text: `It would be built from the copy of ${madeAt}.`,
      };
    const gates: readonly CheckResult[] = await verify(
      { directory, gates: [], timeoutMs: 60_000 },
      ports,
    );
    const seconds = Math.round((ports.clock.monotonicMs() - begun) / 1000);
    const error = gatesError(gates);
    const { record } = restored;
    return {
      result: { madeAt, executed: true, seconds, restored: record ?? null, gates },
      text: `${formatChecks(gates, surface)}\n\nThe server is built anew, in ${seconds} s, from the copy of ${madeAt}.\n${record ? formatRestored(record) : ''}`,
      ...(error ? { error } : {}),
    };
  },
};
