/** `10m`, `1h30m`, `1.5h`: as Go writes a duration, which has no days. */
const AGE = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;
/** Seconds since 1970. */
const SECONDS = /^\d{1,12}(\.\d{1,9})?$/;
/** `2026-01-31`, `2026-01-31T10`, …, `2026-01-31T10:00:00.5+01:00`. */
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Whether Docker takes a text for a time or an age of log lines. */
export function isLogTime(text: string): boolean {
  if (AGE.test(text) || SECONDS.test(text)) return true;
  const [, day, hour = '00', rest = ':00', zone = 'Z'] = MOMENT.exec(text) ?? [];
  if (day === undefined) return false;
  const midnight = new Date(`${day}T00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return exists && !Number.isNaN(Date.parse(`${day}T${hour}${rest}${zone}`));
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * The moment that a text stands for which `isLogTime` takes: an age counts from `now`, a time without a zone is one of
 * the zone of the server.
 */
export function logMoment(text: string, now: Date, timeZone: string): Date {
  if (SECONDS.test(text)) return new Date(Number(text) * 1000);
  if (AGE.test(text)) {
    const age = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
      (sum, [, value, unit]) => sum + Number(value) * (UNITS_MS[unit ?? 's'] ?? 0),
      0,
    );
    return new Date(now.getTime() - age);
  }
  const [, day = '', hour = '00', rest = ':00', zone] = MOMENT.exec(text) ?? [];
  if (zone !== undefined) return new Date(`${day}T${hour}${rest}${zone}`);
  const asUtc = Date.parse(`${day}T${hour}${rest}Z`);
  // Twice, because the difference at that moment may be another one than at the first guess.
  const guess = asUtc - offsetMs(asUtc, timeZone);
  return new Date(asUtc - offsetMs(guess, timeZone));
}

/** `2026-01-31 10:00:00.123` of a zone, for people who compare it with the clock on the wall. */
export function localTime(timeZone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  let [known, shown] = ['', ''];
  return (at) => {
    const second = at.slice(0, 19);
    if (second !== known) {
      const moment = Date.parse(`${second}Z`);
      [known, shown] = [second, Number.isNaN(moment) ? second : format.format(moment)];
    }
    return `${shown}.${at.slice(20, 23).padEnd(3, '0')}`;
  };
}

function offsetMs(moment: number, timeZone: string): number {
  const whole = Math.floor(moment / 1000) * 1000;
  const local = localTime(timeZone)(new Date(whole).toISOString());
  return Date.parse(`${local.replace(' ', 'T')}Z`) - whole;
}
