/**
 * Faults a scenario can switch on to see what the platform does about them. They exist only with
 * REFERENCE_FAULTS=on; see docs/platform-contract.md, "Faults of the reference services".
 */
export interface Faults {
  /** Milliseconds between listening and taking traffic. Read once, at start. */
  start_delay_ms: number;
  /** `ready` and `health` stay at 503. */
  never_ready: boolean;
  /** Milliseconds after which the process exits 1; 0 is never. A change counts from the change. */
  crash_after_ms: number;
  /** Share of API requests, 0 to 1, answered with 500. */
  error_rate: number;
  /** Every API request throws an error that quotes all it was asked, as a careless program would. */
  throw_error: boolean;
  /** The same where nobody catches it: the process ends. */
  throw_uncaught: boolean;
  /** Milliseconds added to every API request. */
  slow_ms: number;
  /** Database connections kept from the pool. */
  hold_pool: number;
  /** `/metrics` answers 404. */
  no_metrics: boolean;
  /** Name of a metric that `/metrics` does not show; empty for none. */
  hide_metric: string;
}

export const NO_FAULTS: Faults = {
  start_delay_ms: 0,
  never_ready: false,
  crash_after_ms: 0,
  error_rate: 0,
  throw_error: false,
  throw_uncaught: false,
  slow_ms: 0,
  hold_pool: 0,
  no_metrics: false,
  hide_metric: '',
};

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** From the text of a variable, by the type of the fault. */
const READ: Readonly<Record<string, (text: string) => unknown>> = {
  boolean: (text) => ['1', 'true', 'on'].includes(text),
  number: Number,
  string: (text) => text,
};

/** Reads FAULT_START_DELAY_MS and its siblings; what is not a proper value is no fault. */
export function readFaults(env: NodeJS.ProcessEnv): Faults {
  const settings: Record<string, unknown> = {};
  for (const name of Object.keys(NO_FAULTS)) {
    const text = env[`FAULT_${name.toUpperCase()}`];
    if (text === undefined || text === '') continue;
    settings[name] = READ[typeof NO_FAULTS[name as keyof Faults]]?.(text);
  }
  return changeFaults(NO_FAULTS, settings).faults;
}

/** Applies a JSON change. `refused` names the keys that are unknown or out of range. */
export function changeFaults(
  current: Faults,
  change: Readonly<Record<string, unknown>>,
): { readonly faults: Faults; readonly refused: readonly string[] } {
  const faults: Record<string, unknown> = { ...current };
  const refused: string[] = [];
  for (const [name, value] of Object.entries(change)) {
    if (isAllowed(name, value)) faults[name] = value;
    else refused.push(name);
  }
  return { faults: faults as unknown as Faults, refused };
}

function isAllowed(name: string, value: unknown): boolean {
  if (!Object.hasOwn(NO_FAULTS, name)) return false;
  if (typeof value !== typeof NO_FAULTS[name as keyof Faults]) return false;
  if (typeof value === 'boolean') return true;
  if (typeof value === 'string') return value === '' || METRIC_NAME.test(value);
  if (typeof value !== 'number' || !(value >= 0)) return false;
  return name === 'error_rate' ? value <= 1 : Number.isInteger(value);
}
