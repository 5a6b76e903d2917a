import * as z from 'zod';
import { targetForm } from './alert-target.ts';
import { isLoopback } from './external-postgres.ts';

/** What people are told of. `none` of the catalogue is a sign of life, which no person gets. */
export const ALERT_SEVERITIES = ['critical', 'warning', 'info'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Those that tell people, in the order they are shown and rendered. */
export const RECEIVERS = ['pagerduty', 'slack', 'teams', 'webhook', 'email'] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

type Problem = { readonly message: string; readonly hint: string };
const judged = (judge: (value: string) => Problem | undefined, pattern: RegExp) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = judge(value);
      if (!problem) return;
      const { message, hint } = problem;
      context.addIssue({ code: 'custom', message, params: { hint } });
    })
    .meta({ pattern: pattern.source });

/** Absent is not the same as false: a receiver that has keys and was neither switched on nor off is a misunderstanding. */
const enabled = (what: string) => z.boolean().optional().describe(what);

const severities = (preset: string) =>
  z
    .array(z.enum(ALERT_SEVERITIES))
    .min(1)
    .optional()
    .describe(`Severities it takes. Without it: ${preset}.`);

const ADDRESS_ERROR = 'must be an e-mail address such as it@firm.example';
const address = () => z.email(ADDRESS_ERROR);

/** Host, or an IPv6 address in brackets, and a port. */
const SMARTHOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:]*:[0-9a-fA-F:.]*\]):\d{1,5}$/;

/** Of SMTP with TLS from the first byte (RFC 8314). */
export const IMPLICIT_TLS_PORT = 465;

/** Host and port of `mail.firm.example:587`. */
export function splitSmarthost(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return {
    host: text.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(text.slice(colon + 1)),
  };
}

function smarthostProblem(text: string): Problem | undefined {
  if (!SMARTHOST.test(text))
    return {
      message: 'must be a mail server with its port, such as mail.firm.example:587',
      hint: 'Ports: 587 with STARTTLS, 465 for TLS from the first byte, 25 between servers.',
    };
  const { host, port } = splitSmarthost(text);
  if (port < 1 || port > 65535)
    return { message: 'has a port that does not exist', hint: 'Use one from 1 to 65535.' };
  if (isLoopback(host))
    return {
      message: 'is the container itself when Alertmanager asks for it',
      hint: 'Give the name or address under which other machines reach the mail server, and let it listen there.',
    };
  return undefined;
}

function pagerDutyUrlProblem(text: string): Problem | undefined {
  const hint = `Events API v2: ${PAGERDUTY_URL}, in the EU https://events.eu.pagerduty.com/v2/enqueue.`;
  switch (targetForm(text)) {
    case 'https':
    case 'http-inside':
      return undefined;
    case 'loopback':
      return { message: 'is the container itself when Alertmanager asks for it', hint };
    case 'http-public':
      return { message: 'would send the routing key over the internet in the clear', hint };
    case 'none':
      return { message: 'must be an address that begins with https://', hint };
  }
}

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const CLOCK_ERROR = 'must be a time of the day in quotes, such as "08:00"';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** `monitoring.receivers`: who is told when something breaks. What needs what: catalog/receiver-rules.ts. */
export const receiversConfig = z.strictObject({
  pagerduty: z
    .strictObject({
      enabled: enabled(
        'Whether PagerDuty is told; its routing key in secrets/pagerduty-routing-key.',
      ),
      url: judged(pagerDutyUrlProblem, /^https?:\/\/\S+$/)
        .default(PAGERDUTY_URL)
        .describe('Address of the Events API v2: another one in the EU region, or a relay.'),
      severities: severities('critical'),
    })
    .prefault({}),
  slack: z
    .strictObject({
      enabled: enabled('Whether Slack is told; its webhook address in secrets/slack-webhook-url.'),
      channel: z
        .string()
        .regex(/^[#@]?[^\s#@{}]{1,80}$/, 'must be a channel such as #factsway-alerts')
        .optional()
        .describe(
          'Channel; only older webhooks can write to another than their own. Without it that of the webhook.',
        ),
      severities: severities('critical and warning, and info where no e-mail takes it'),
    })
    .prefault({}),
  teams: z
    .strictObject({
      enabled: enabled(
        'Whether Microsoft Teams is told; the address of its workflow in secrets/teams-webhook-url.',
      ),
      severities: severities('critical and warning, and info where no e-mail takes it'),
    })
    .prefault({}),
  webhook: z
    .strictObject({
      enabled: enabled(
        'Whether a program of yours is told (JSON of Alertmanager); its address in secrets/alert-webhook-url.',
      ),
      severities: severities('critical and warning, and info where no e-mail takes it'),
    })
    .prefault({}),
  email: z
    .strictObject({
      enabled: enabled('Whether somebody is told by e-mail.'),
      to: z
        .union([address(), z.array(address())], ADDRESS_ERROR)
        .transform((value) => (typeof value === 'string' ? [value] : value))
        .optional()
        .describe('Who gets the mails: one address or a list.'),
      from: address().optional().describe('Whom the mails are from; the mail server must let it.'),
      smarthost: judged(smarthostProblem, SMARTHOST)
        .optional()
        .describe('Mail server with its port, such as mail.firm.example:587.'),
      user: z
        .string()
        .regex(/^[^\0\n\r]+$/, 'must be one line')
        .optional()
        .describe(
          'Login at the mail server, with the password in secrets/smtp-password. Without it nobody logs in.',
        ),
      requireTls: z
        .boolean()
        .default(true)
        .describe(
          'true: mails go out encrypted (STARTTLS; port 465 always is) or not at all; false: in the clear.',
        ),
      severities: severities('info, and critical and warning where nobody else takes them'),
    })
    .prefault({}),
  deadMansSwitch: z
    .strictObject({
      enabled: enabled(
        'Whether a service outside is told, again and again, that monitoring lives; its address in secrets/dead-mans-switch-url.',
      ),
      intervalMinutes: z
        .int()
        .min(1)
        .max(60)
        .default(5)
        .describe('Minutes between two signs of life.'),
    })
    .prefault({}),
});

/** `monitoring.businessHours`: when mails about what is for this week go out, in host.timeZone. */
export const businessHoursConfig = z.strictObject({
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday'])
    .describe('Days on which mails of severity info go out.'),
  from: z.string().regex(CLOCK, CLOCK_ERROR).default('08:00').describe('From this time on.'),
  to: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, CLOCK_ERROR)
    .default('18:00')
    .describe('Until this time, 24:00 at the latest.'),
});

export type ReceiversConfig = z.output<typeof receiversConfig>;
