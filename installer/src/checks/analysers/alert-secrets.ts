import { shellWord } from '../../model/shell.ts';
import type { AlertSecretFacts } from '../facts-preflight.ts';
import { doubt, fine, refusal, type Verdict } from './preflight/check.ts';

type Secret = AlertSecretFacts['secrets'][number];

/** Each file by itself; the worst is the verdict, the others are its details. Names files, never what is in them. */
export function judgeAlertSecrets({ secrets }: AlertSecretFacts, directory: string): Verdict {
  const verdicts = secrets.map((secret) => judge(secret, directory));
  const worst =
    verdicts.find(({ status }) => status === 'fail') ??
    verdicts.find(({ status }) => status === 'warn');
  if (!worst)
    return fine(
      secrets.length === 0
        ? 'no receiver needs a secret'
        : `those of ${secrets.map(({ receiver }) => receiver).join(', ')} look as they should`,
    );
  const others = verdicts.filter((one) => one !== worst && one.status !== 'pass');
  return { ...worst, details: others.map(({ found }) => found) };
}

function judge(secret: Secret, directory: string): Verdict {
  const { name, found } = secret;
  const file = `secrets/${name}`;
  const path = shellWord(`${directory}/${file}`);
  const again = `Write it again: install -m 600 /dev/stdin ${path}   (type it, Enter, Ctrl-D)`;
  switch (found.state) {
    case 'absent':
    case 'empty':
      return refusal(
        'FW-SECRET-NEEDED',
        `${file} is ${found.state === 'absent' ? 'missing' : 'empty'}, and only you can know what belongs there`,
        again,
      );
    case 'unreadable':
      return refusal(
        'FW-ALERT-SECRET',
        `${file} cannot be read by this user`,
        `Run the command as the user who may: ls -l ${path}`,
      );
    case 'lines':
      return refusal('FW-ALERT-SECRET', `${file} has more than one line`, again);
    case 'text':
      return secret.kind === 'address'
        ? judgeAddress(file, found.form, again)
        : secret.kind === 'routing key' && !found.isRoutingKey
          ? doubt(
              `${file} is not what PagerDuty makes: an integration key is 32 letters and digits`,
              'In PagerDuty: Services, your service, Integrations, Events API v2, Integration Key',
            )
          : fine(`${file} holds something`);
  }
}

function judgeAddress(
  file: string,
  form: Extract<Secret['found'], { state: 'text' }>['form'],
  again: string,
): Verdict {
  switch (form) {
    case 'https':
      return fine(`${file} is an https:// address`);
    case 'http-inside':
      return doubt(
        `${file} is an address without encryption: what it says goes over your network in the clear`,
        'Use https:// if the receiver speaks it; on a network that is only yours this may be right',
      );
    case 'http-public':
      return refusal(
        'FW-ALERT-SECRET',
        `${file} is an address on the internet without encryption`,
        again.replace('it again', 'it with https://'),
      );
    case 'loopback':
      return refusal(
        'FW-ALERT-SECRET',
        `${file} leads to this server itself, which for Alertmanager is its own container`,
        'Write the name or address under which other machines reach the receiver',
      );
    case 'none':
      return refusal(
        'FW-ALERT-SECRET',
        `${file} holds no address that begins with https://`,
        again,
      );
  }
}
