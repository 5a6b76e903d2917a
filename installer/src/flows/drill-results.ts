import { DEAD_MANS_SWITCH, type ReceiverId } from '../catalog/alert-routing.ts';
import { neededAlertSecrets } from '../catalog/alert-secrets.ts';
import { fail, pass, type CheckResult } from '../model/check-result.ts';
import type { InstanceConfig } from '../model/config.ts';
import { shellWord } from '../model/shell.ts';
import { formatDuration } from '../model/units.ts';

/** What a message that arrived proves: that it was taken, not that somebody looks at it. */
export function arrivedAt(
  receiver: ReceiverId,
  { monitoring }: InstanceConfig,
  afterMs: number,
): CheckResult {
  const { email } = monitoring.receivers;
  const who =
    receiver === 'email'
      ? `${email.smarthost ?? ''} took the mail to ${(email.to ?? []).join(', ')}`
      : receiver === DEAD_MANS_SWITCH
        ? 'the sign of life was taken'
        : 'the message was taken';
  return pass(receiver, `${who} after ${formatDuration(afterMs)}`);
}

export const notLoaded = (receiver: ReceiverId): CheckResult =>
  fail(
    receiver,
    'Alertmanager runs without it: factsway.yaml was changed since',
    'Bring it to what the file says: factsway-install up',
  );

/** A receiver that took nothing, with what Alertmanager said about it. */
export function lostOnTheWay(
  receiver: ReceiverId,
  {
    givenUp,
    afterMs,
    run,
    directory,
    lines,
    config,
  }: {
    readonly givenUp: boolean;
    readonly afterMs: number;
    readonly run: string;
    readonly directory: string;
    /** Of the log of Alertmanager. */
    readonly lines: readonly string[];
    readonly config: InstanceConfig;
  },
): CheckResult {
  const reason = reasonIn(lines, receiver, run);
  const secret = neededAlertSecrets(config).find((one) => one.receiver === receiver);
  const file = secret ? shellWord(`${directory}/secrets/${secret.name}`) : undefined;
  return fail(
    receiver,
    givenUp
      ? `the message was not taken: ${reason ?? 'Alertmanager gave up'}`
      : `no answer within ${formatDuration(afterMs)}${reason === undefined ? '' : `: ${reason}`}`,
    `Compare ${file ?? 'monitoring.receivers.email'} with what the receiver shows, then again: factsway-install verify --drill alert   What Alertmanager says: factsway-install logs alertmanager`,
  );
}

/**
 * Why, in Alertmanager's own words: the last err="…" that is about this message. It names the receiver as
 * `slack/slack[0]`, or the group with the label of the run.
 */
function reasonIn(lines: readonly string[], receiver: string, run: string): string | undefined {
  const told = lines.flatMap((line) => {
    const text = /\berr="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
    const isOurs = line.includes(run) || text?.startsWith(`${receiver}/`);
    return text !== undefined && isOurs ? [text.replaceAll(/\\(.)/g, '$1')] : [];
  });
  return told.at(-1)?.replace(/^[\w-]+\/[\w-]+\[\d+\]: /, '');
}
