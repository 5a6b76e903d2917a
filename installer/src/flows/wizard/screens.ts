import { buildCatalog } from '../../catalog/catalog.ts';
import { publicUrl } from '../../catalog/public-url.ts';
import type { InstanceConfig } from '../../model/config.ts';
import { FactswayError } from '../../model/errors.ts';
import { GiB, MiB } from '../../model/units.ts';
import type { Choice } from '../../ports/prompter.ts';
import type { Facts } from './facts.ts';
import type { FoundProxy } from './found-proxy.ts';
import type { Question, Value } from './question.ts';
import type { Item } from './survey.ts';

/** The values of the review's own lines; no question is called like that. */
export const GO = ':go';
export const FURTHER = ':further';
export const STOP = ':stop';
export const BACK = ':back';
/** How the way to them is told elsewhere too. */
export const TO_ANSWERS_LABEL = 'Back to the answers';
export const FURTHER_LABEL = 'Further settings';
export const STOP_LABEL = 'Stop here';

/** What was found, before the first question. */
export function welcomeLines(facts: Facts): string[] {
  const { hostName, timeZone, memoryBytes, cores, directory } = facts;
  return [
    'A few questions, then you see what will be done. Nothing happens before you',
    'agree. Ctrl-C stops at any time; your answers are kept.',
    '',
    ...table([
      ['Name', hostName ?? 'none that people could use'],
      ['Memory', `${amount(memoryBytes)}, ${cores === 1 ? '1 core' : `${cores} cores`}`],
      ['Time zone', timeZone],
      ...dockerRows(facts),
      ...(facts.proxy ? [['Internet', throughOf(facts.proxy)]] : []),
      ['Ports', portsOf(facts)],
      ['Folder', directory],
    ]),
  ];
}

function dockerRows({ engine, built }: Facts): string[][] {
  if (!engine.answers)
    return [
      ['Docker', engine.problem],
      ['', `→ ${engine.remedy}`],
      ['', 'You can answer the questions meanwhile.'],
    ];
  const programs =
    built.found === built.of
      ? `all ${built.of} images were built on this server`
      : built.found === 0
        ? 'none is on this server; they can be downloaded'
        : `${built.found} of the ${built.of} images built here are on this server`;
  return [
    ['Docker', `${engine.version}, Compose ${engine.compose}`],
    ['Programs', programs],
  ];
}

const throughOf = ({ https }: FoundProxy): string =>
  https === '' ? 'through a proxy of this server alone' : `through the proxy ${https}`;

function portsOf({ busyPorts }: Facts): string {
  const taken = [80, 443].filter((port) => busyPorts.has(port));
  if (taken.length === 0) return '80 and 443 are free';
  return `${taken.join(' and ')} ${taken.length > 1 ? 'are' : 'is'} taken by another program`;
}

/** What follows from the answers, for the review. */
export function derivedLines(config: InstanceConfig): string[] {
  const rows: string[][] = [['Address', publicUrl(config)]];
  try {
    const { context, workloads, services } = buildCatalog(config);
    const { postgres, serviceUnit, twoSlots } = context.sizing;
    const isBundled = config.postgres.mode === 'bundled';
    const database = isBundled ? `${amount(postgres.memory.value)} for the database, ` : '';
    rows.push(
      ['Memory', `${database}${amount(serviceUnit.value)} for each of ${services.length} services`],
      [
        'Updates',
        twoSlots.value
          ? 'two releases fit side by side: room for updates without a pause'
          : 'one release fits at a time: every update will mean a pause',
      ],
      ['Programs', `${workloads.length} containers of release ${config.release.version}`],
    );
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    rows.push(['Problem', error.message]);
  }
  return table(rows);
}

/** The review as a list to choose from: every answer is a line, and Enter on it changes it. */
export function reviewChoices(items: readonly Item[], further: number, isNew: boolean): Choice[] {
  return [
    { value: GO, label: 'Go on: see what will be done', explanation: 'Nothing is done yet.' },
    ...itemChoices(items),
    {
      value: FURTHER,
      label: `${FURTHER_LABEL} (${further})`,
      explanation: 'What seldom needs another value.',
    },
    {
      value: STOP,
      label: STOP_LABEL,
      explanation: isNew ? 'Your answers are kept.' : 'Your changes are kept, and not applied.',
    },
  ];
}

export function furtherChoices(items: readonly Item[]): Choice[] {
  return [{ value: BACK, label: TO_ANSWERS_LABEL }, ...itemChoices(items)];
}

function itemChoices(items: readonly Item[]): Choice[] {
  const width = Math.max(0, ...items.map(({ question }) => question.title.length));
  return items.map(({ id, question, value }) => ({
    value: id,
    label: `${question.title.padEnd(width)}  ${shownValue(question, value)}`,
    explanation: question.explanation,
  }));
}

/** A value in the words its question has for it. */
export function shownValue({ choices }: Question, value: Value): string {
  if (value === '') return '(none)';
  return choices?.find((choice) => choice.value === String(value))?.label ?? String(value);
}

/** `4.8 GiB`, `512 MiB`: to be read, not to be typed. */
function amount(bytes: number): string {
  return bytes >= GiB
    ? `${(bytes / GiB).toFixed(1).replace(/\.0$/, '')} GiB`
    : `${Math.floor(bytes / MiB)} MiB`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`);
}
