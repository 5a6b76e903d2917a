import { didYouMean } from './did-you-mean.ts';

/** Of the names of three letters ICU knows, those of the IANA database; what ICU adds nobody else understands. */
const SHORT_NAMES = /^(CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$/;
/** Upper case to begin with; and an offset such as +01:00, which Intl takes too, is no zone. */
export const TIME_ZONE = /^[A-Z][A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/;
const LONGEST = 64;

export type TimeZoneProblem = { readonly message: string; readonly hint: string };

/** What is wrong with the name of a time zone, judged by the IANA database Node brings along; undefined for a good one. */
export function timeZoneProblem(name: string): TimeZoneProblem | undefined {
  if (isTimeZone(name)) return undefined;
  return {
    message: 'must be a time zone of the IANA database such as Europe/Berlin',
    hint: `${guess(name)}The zone of this server: timedatectl show --property=Timezone --value.`,
  };
}

function isTimeZone(name: string): boolean {
  if (!TIME_ZONE.test(name) || (name.length === 3 && !SHORT_NAMES.test(name))) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Intl ignores case; what is configured with the name does not have to.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

function guess(name: string): string {
  if (name.length > LONGEST) return '';
  const wanted = name.toLowerCase().replaceAll(' ', '_');
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const exact = zones.find(
    (zone) => zone.toLowerCase() === wanted || zone.toLowerCase().endsWith(`/${wanted}`),
  );
  return exact === undefined ? didYouMean(name, zones) : `Did you mean "${exact}"? `;
}
