import type { InstanceConfig } from '../../model/config.ts';
import type { Question } from './question.ts';

type Receivers = InstanceConfig['monitoring']['receivers'];

const isMailed = ({ monitoring }: InstanceConfig): boolean =>
  monitoring.receivers.email.enabled === true;

/** Whether a receiver is told; what it needs besides is a secret, which is written once it is known to be missing. */
function receiver(
  name: Exclude<keyof Receivers, 'email'>,
  title: string,
  explanation: string,
): Question {
  return {
    path: ['monitoring', 'receivers', name, 'enabled'],
    title,
    explanation,
    kind: 'switch',
    ask: 'on-request',
    choices: [
      { value: 'true', label: 'Yes' },
      { value: 'false', label: 'No' },
    ],
  };
}

/** Who is told when something breaks: e-mail is asked for, which every firm has; the others are looked for. */
export const ALERT_QUESTIONS: readonly Question[] = [
  {
    path: ['monitoring', 'receivers', 'email', 'enabled'],
    title: 'Mails when something breaks',
    explanation: 'Somebody should be told before people call. Nobody is, unless you say who.',
    kind: 'switch',
    ask: 'always',
    choices: [
      {
        value: 'true',
        label: 'Yes, by e-mail',
        explanation: 'Through your mail server: its name, and whom to write to.',
      },
      {
        value: 'false',
        label: 'Not now, or in another way',
        explanation: 'Slack, Teams, PagerDuty and others are among the further settings.',
      },
    ],
    suggest: () => ({ value: false }),
  },
  {
    path: ['monitoring', 'receivers', 'email', 'to'],
    title: 'Whom to write to',
    explanation: 'One address, best one that several people read: it@firm.example',
    kind: 'input',
    ask: 'always',
    applies: isMailed,
  },
  {
    path: ['monitoring', 'receivers', 'email', 'from'],
    title: 'Whom the mails are from',
    explanation: 'An address your mail server lets this server write as.',
    kind: 'input',
    ask: 'always',
    applies: isMailed,
  },
  {
    path: ['monitoring', 'receivers', 'email', 'smarthost'],
    title: 'Mail server',
    explanation: 'Its name and port, such as mail.firm.example:587.',
    kind: 'input',
    ask: 'always',
    applies: isMailed,
  },
  {
    path: ['monitoring', 'receivers', 'email', 'user'],
    title: 'Login at the mail server',
    explanation: 'Empty where it takes mails of this server without one.',
    kind: 'input',
    ask: 'always',
    applies: isMailed,
  },
  receiver('slack', 'Slack when something breaks', 'A message to a channel, by its webhook.'),
  receiver('teams', 'Teams when something breaks', 'A message by a workflow of Teams.'),
  receiver('pagerduty', 'PagerDuty when something breaks', 'Wakes whoever is on call.'),
  receiver('webhook', 'Your program when things break', 'Gets alerts as JSON.'),
  receiver(
    'deadMansSwitch',
    'Sign of life to the outside',
    'It tells you when this server itself is gone.',
  ),
];
