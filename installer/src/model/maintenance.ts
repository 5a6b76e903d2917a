/** A silence over everything, as Alertmanager has it. */
export type Silence = {
  readonly id: string;
  /** ISO 8601. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
};

export type SilenceMatcher = {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
};

/**
 * What maintenance silences: everything, but for the sign of life, which must go on, and drills, which somebody is
 * waiting for. A silence of exactly these is ours, whoever made it.
 */
export const MAINTENANCE_MATCHERS: readonly SilenceMatcher[] = [
  { name: 'alertname', value: 'Watchdog', isRegex: false, isEqual: false },
  { name: 'drill', value: '', isRegex: false, isEqual: true },
];

/** For how long nobody is to be told, why, and by whose wish. */
export type MaintenanceWish = {
  /** Loopback port of Alertmanager. */
  readonly port: number;
  readonly minutes: number;
  readonly comment: string;
  readonly author: string;
};

/** Longer than any maintenance, and short enough that what was forgotten is over tomorrow. */
export const LONGEST_MAINTENANCE_MINUTES = 24 * 60;

/** Minutes of `2h`, `90m`, `1h30m`; undefined for anything else. */
export function parseMinutes(text: string): number | undefined {
  const match = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/.exec(text);
  return match ? Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0) : undefined;
}

/** `2 h`, `90 min`, `1 h 30 min`. */
export function formatMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(rest > 0 || hours === 0 ? [`${rest} min`] : []),
  ].join(' ');
}
