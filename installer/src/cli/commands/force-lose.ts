import { FactswayError } from '../../model/errors.ts';
import type { OptionSpec } from '../command.ts';

export const FORCE_LOSE_OPTION: OptionSpec = {
  flags: '--force-lose <seconds>',
  description: 'so many seconds of work may be lost to the services',
};

/** Throws FW-USAGE. */
export function secondsOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const text = typeof given === 'string' ? given : '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new FactswayError(
    'FW-USAGE',
    `--force-lose takes seconds, and not "${text}".`,
    'An hour: --force-lose 3600',
  );
}
