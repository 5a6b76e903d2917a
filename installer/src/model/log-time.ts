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
