/** What an alert is shown to do: proven by promtool on the rendered rules. */
export type RuleTest = {
  readonly alert: string;
  /** Distance of samples and of evaluations; the ordinary one is that of a scrape. */
  readonly pace?: Pace;
  readonly fires: Firing;
  /** The nearest to firing that must not. */
  readonly below: readonly Quiet[];
  readonly resolves: Firing & {
    /** Minutes after the start at which it no longer fires, `at` being when it still did. */
    readonly quietAt: number;
  };
};

/** Series by selector, values in promtool's notation. */
export type Series = Readonly<Record<string, string>>;

export type Firing = {
  readonly series: Series;
  /** Minutes after the start. */
  readonly at: number;
  /** Labels that tell one firing alert from another; `{}` where there is just one. */
  readonly with: readonly Readonly<Record<string, string>>[];
};

export type Quiet = {
  /** What makes it the nearest case, as the rest of "it holds still …". */
  readonly when: string;
  readonly series: Series;
  /** Minutes after the start. */
  readonly at: number;
};

/** scrape: every 15 s. slo: evaluated as its rules are. minute: for windows of hours. hour: for windows of days. */
export type Pace = 'scrape' | 'slo' | 'minute' | 'hour';

/** Seconds between samples and between evaluations. */
export const PACES: Readonly<Record<Pace, { readonly sample: number; readonly evaluate: number }>> =
  {
    scrape: { sample: 15, evaluate: 15 },
    slo: { sample: 15, evaluate: 30 },
    minute: { sample: 60, evaluate: 60 },
    hour: { sample: 60, evaluate: 1800 },
  };

type Step = readonly [value: number, minutes: number];

const samples = (minutes: number, pace: Pace): number =>
  Math.round((minutes * 60) / PACES[pace].sample);

/** A gauge that keeps each value for so many minutes. */
export function gauge(steps: readonly Step[], pace: Pace = 'scrape'): string {
  return steps.map(([value, minutes]) => `${value}x${samples(minutes, pace) - 1}`).join(' ');
}

/** A counter that grows by so much per minute, for so many minutes each. */
export function counter(steps: readonly Step[], pace: Pace = 'scrape'): string {
  let level = 0;
  return steps
    .map(([perMinute, minutes]) => {
      const count = samples(minutes, pace);
      const step = (perMinute * PACES[pace].sample) / 60;
      const text = `${level}+${step}x${count - 1}`;
      level += step * count;
      return text;
    })
    .join(' ');
}

/** Labels as a scrape of a service attaches them. */
export const target = (service: string): string =>
  `job="${service}",instance="${service}-a:3000",service="${service}",slot="a"`;
