/** Levels by rising gravity. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the platform takes for the id of a request, everywhere: docs/platform-contract.md, "Request context". */
export const REQUEST_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** One line as it was kept, before anybody looked at what is in it. */
export type KeptLine = {
  /** When the engine took it over: RFC 3339 in UTC with nine digits, so that times compare as text. */
  readonly at: string;
  readonly text: string;
};

/** Where a line comes from. */
export type LogSource = {
  /** As people call it: `records-service`. */
  readonly component: string;
  /** Name of the container. */
  readonly container: string;
  /** Of the services and the migrations. */
  readonly slot?: string;
};

/** A line understood, as `--json` shows it; `line` is what the program wrote. */
export type LogLine = LogSource & {
  readonly time: string;
  readonly level?: LogLevel;
  readonly message: string;
  readonly requestId?: string;
  readonly traceId?: string;
  /** What happened in a few words, in the order in which people read it. */
  readonly fields: Readonly<Record<string, string>>;
  /** Lines below it: an error with its places. */
  readonly details: readonly string[];
  readonly line: string;
};

/** Whether a line is of this level or a graver one; one of no level counts as `info`. */
export const isAtLeast = (level: LogLevel | undefined, least: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level ?? 'info') >= LOG_LEVELS.indexOf(least);
