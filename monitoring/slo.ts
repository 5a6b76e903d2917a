/** Of all requests users make within 30 days, so many have to succeed (spec 03). */
export const OBJECTIVE = 0.9995;
/** The share that may fail. Written out, because 1 - 0.9995 is not 0.0005 in floating point. */
export const BUDGET = 0.0005;

export type BurnWindow = {
  /** Completes the alert's name: SLOBurnRateFast. */
  readonly name: string;
  /** Multiple of the speed at which the budget lasts 30 days. */
  readonly factor: number;
  readonly short: string;
  readonly long: string;
  readonly severity: 'critical' | 'warning';
};

/** The four pairs of the Site Reliability Workbook, chapter 5: the short window ends the alert soon after the trouble. */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { name: 'Fast', factor: 14.4, short: '5m', long: '1h', severity: 'critical' },
  { name: 'High', factor: 6, short: '30m', long: '6h', severity: 'critical' },
  { name: 'Elevated', factor: 3, short: '2h', long: '1d', severity: 'warning' },
  { name: 'Slow', factor: 1, short: '6h', long: '3d', severity: 'warning' },
];

/** Seconds between two samples of the recorded rates. Their sum times this is a number of requests. */
export const RATE_SECONDS = 30;

/** PromQL for the requests of users that failed within a window. */
export const failures = (window: string): string =>
  `sum_over_time(platform:http_errors:rate5m[${window}]) * ${RATE_SECONDS}`;

/** Failed requests below which no window alerts: at a law firm's traffic a single one is a large share of a night. */
export const FEWEST_FAILURES = 10;
