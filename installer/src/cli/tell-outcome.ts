import type { FactswayError } from '../model/errors.ts';
import { EXIT, type ExitCode } from '../model/exit-codes.ts';

/** Where one of the two streams goes; `columns` is undefined where it is no terminal. */
export type Output = {
  readonly write: (text: string) => void;
  /** The same for much: waits for whoever reads, and tells whether anybody still does. */
  readonly send?: (text: string) => Promise<boolean>;
  readonly columns: number | undefined;
};

/** What a command came to. */
export type Outcome = {
  readonly command: string;
  readonly result: unknown;
  /** For people; empty for nothing. */
  readonly text: string;
  readonly warnings: readonly string[];
  readonly error?: FactswayError;
  /** Whether the text tells the error already. */
  readonly told?: boolean;
};

export type Telling = {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Nothing was said on the way. */
  readonly quiet: boolean;
  /** Completes the commands a text mentions. */
  readonly complete: (text: string) => string;
  readonly stdout: Output;
  readonly stderr: Output;
};

/** Prints an outcome, as one JSON document or for people, and says what the process ends with. */
export function tellOutcome(outcome: Outcome, telling: Telling): ExitCode {
  const { text, warnings, error, told = false } = outcome;
  if (telling.json) telling.stdout.write(`${document(outcome, telling.complete)}\n`);
  else {
    if (text !== '') telling.stdout.write(`${text}\n`);
    // The exit code tells that there is one; somebody has to tell which.
    if (telling.quiet)
      for (const warning of warnings) telling.stderr.write(`warning: ${warning}\n`);
    if (error && !told) telling.stderr.write(describeError(error, telling));
  }
  return error?.exitCode ?? (warnings.length > 0 ? EXIT.warnings : EXIT.ok);
}

/** Keys under which a result or an error names the next command. */
const NEXT_COMMAND = new Set(['hint', 'remedy']);

function document(
  { command, result, warnings, error }: Outcome,
  complete: (text: string) => string,
): string {
  const errors = (error?.all ?? []).map((one) => one.report());
  return JSON.stringify(
    { ok: error === undefined, command, result, warnings, errors },
    (key, value: unknown) =>
      NEXT_COMMAND.has(key) && typeof value === 'string' ? complete(value) : value,
  );
}

function describeError(error: FactswayError, { complete, verbose }: Telling): string {
  const told = error.all.map(({ code, message, details, hint }) => {
    const lines = details.map((line) => `    ${line}\n`).join('');
    return `${code}: ${message}\n${lines}  → ${complete(hint)}\n`;
  });
  const stack = verbose && error.code === 'FW-BUG' ? `${error.stack ?? ''}\n` : '';
  return `\n${told.join('')}${stack}`;
}
