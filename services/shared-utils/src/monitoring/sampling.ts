const DEFAULT_RATE = 0.1;

/** The same decision in every service that a trace goes through. */
export function isSampled(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(0, 8), 16) < rate * 2 ** 32;
}

/** SENTRY_TRACES_SAMPLE_RATE: 0 to 1; one request in ten when it says nothing of use. */
export function readSampleRate(text: string | undefined): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : DEFAULT_RATE;
}
