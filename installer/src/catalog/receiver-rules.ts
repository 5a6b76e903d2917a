import {
  IMPLICIT_TLS_PORT,
  RECEIVERS,
  receiversConfig,
  splitSmarthost,
  type ReceiversConfig,
} from '../model/alert-receivers.ts';
import { targetForm } from '../model/alert-target.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { ConfigIssue } from '../model/config-rules.ts';
import { enabledReceivers, receiversOf } from './alert-routing.ts';

const PATH = ['monitoring', 'receivers'];
const KEY = PATH.join('.');
/** What e-mail cannot go without, with what it looks like. */
const EMAIL_NEEDS = {
  to: 'it@firm.example',
  from: 'factsway@firm.example',
  smarthost: 'mail.firm.example:587',
} as const;

/** What receivers need beyond what the schema sees. For a whole configuration: of `--set` alone half is missing. */
export function receiverRules({ monitoring }: InstanceConfig): ConfigIssue[] {
  const { receivers, businessHours } = monitoring;
  return [
    ...undecided(receivers),
    ...missingForEmail(receivers.email),
    ...(businessHours.from < businessHours.to
      ? []
      : [
          {
            path: ['monitoring', 'businessHours', 'to'],
            message: `must be later than businessHours.from (${businessHours.from})`,
            hint: 'Business hours are within one day; the last time is "24:00".',
          },
        ]),
  ];
}

/** What the schema fills in where nobody said anything. */
const PRESETS = receiversConfig.parse({});

/** Keys of a receiver that has neither been switched on nor off: somebody believes that it works. */
function undecided(receivers: ReceiversConfig): ConfigIssue[] {
  return [...RECEIVERS, 'deadMansSwitch' as const].flatMap((name) => {
    const own: Readonly<Record<string, unknown>> = receivers[name];
    const preset: Readonly<Record<string, unknown>> = PRESETS[name];
    const set = Object.keys(own).filter(
      (key) => own[key] !== undefined && own[key] !== preset[key],
    );
    if (own['enabled'] !== undefined || set.length === 0) return [];
    return [
      {
        path: [...PATH, name, 'enabled'],
        message: `is missing, and ${set.map((key) => `${KEY}.${name}.${key}`).join(', ')} ${set.length === 1 ? 'is' : 'are'} set`,
        hint: `Switch it on: --set ${KEY}.${name}.enabled=true   or keep it for later: --set ${KEY}.${name}.enabled=false`,
      },
    ];
  });
}

function missingForEmail(email: ReceiversConfig['email']): ConfigIssue[] {
  if (email.enabled !== true) return [];
  return Object.entries(EMAIL_NEEDS).flatMap(([key, example]) => {
    const value = email[key as keyof typeof EMAIL_NEEDS];
    if (value !== undefined && value.length > 0) return [];
    return [
      {
        path: [...PATH, 'email', key],
        message: `is needed with ${KEY}.email.enabled`,
        hint: `Set it: --set ${KEY}.email.${key}=${example}`,
      },
    ];
  });
}

/** What should be mended, although everything runs without. */
export function receiverWarnings(config: InstanceConfig): string[] {
  const { pagerduty, email } = config.monitoring.receivers;
  const enabled = enabledReceivers(config);
  const unheard = (['critical', 'warning'] as const).filter(
    (severity) => receiversOf(severity, config).length === 0,
  );
  const isClear =
    email.enabled === true &&
    !email.requireTls &&
    email.smarthost !== undefined &&
    splitSmarthost(email.smarthost).port !== IMPLICIT_TLS_PORT;
  return [
    ...(enabled.length > 0 && unheard.length > 0
      ? [
          `No receiver takes alerts of severity ${unheard.join(' and ')}: add it to the severities of one of ${enabled.map((name) => `${KEY}.${name}`).join(', ')}.`,
        ]
      : []),
    ...(isClear
      ? [
          `${KEY}.email.requireTls is false: mails${email.user === undefined ? '' : ' and the password of the mail server'} go over the network in the clear.`,
        ]
      : []),
    ...(pagerduty.enabled === true && targetForm(pagerduty.url) === 'http-inside'
      ? [
          `${KEY}.pagerduty.url is not encrypted: the routing key goes over your network in the clear.`,
        ]
      : []),
  ];
}

/** What a person should know and need not mend. */
export function receiverNotes(config: InstanceConfig): string[] {
  return enabledReceivers(config).length > 0
    ? []
    : [
        `Nobody is told when something breaks: no receiver of ${KEY} is switched on (docs/operations/alerting.md).`,
      ];
}
