import './sdk-warning.ts';
import { S3Client } from '@aws-sdk/client-s3';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { jobOf, type Caller } from '../../model/updates/caller.ts';
import type { Callers } from '../../ports/caller.ts';

const WITHIN_MS = 2000;

type Credentials = (region: string) => Promise<{
  readonly accessKeyId: string;
  readonly accountId?: string | undefined;
}>;

/** Who typed it, also where it was typed with sudo; a user without a name has a number. */
function userName(env: NodeJS.ProcessEnv): string {
  const before = env['SUDO_USER'];
  try {
    const { username } = userInfo();
    return before === undefined || before === username ? username : `${before} as ${username}`;
  } catch {
    return before ?? `user ${process.getuid?.() ?? '?'}`;
  }
}

/** The public half of the access that the SDK uses. What it cannot find out in time is left out. */
async function accessOf(
  credentials: Credentials,
  region: string,
): Promise<Pick<Caller, 'awsKeyId' | 'awsAccount'>> {
  const over = new AbortController();
  const none = sleep(WITHIN_MS, undefined, { signal: over.signal, ref: false });
  try {
    const found = await Promise.race([credentials(region), none]);
    if (!found) return {};
    const { accessKeyId, accountId } = found;
    return { awsKeyId: accessKeyId, ...(accountId === undefined ? {} : { awsAccount: accountId }) };
  } catch {
    // Whoever has no access is told so by the request that needs it.
    return {};
  } finally {
    over.abort();
    none.catch(() => undefined);
  }
}

/** Callers by the environment of this process and the access that `credentials` finds. */
export const callersBy = (credentials: Credentials): Callers => ({
  caller: async (region) => ({
    user: userName(process.env),
    host: hostname(),
    ...jobOf(process.env),
    ...(await accessOf(credentials, region)),
  }),
});

export const callers = callersBy((region) => new S3Client({ region }).config.credentials());
