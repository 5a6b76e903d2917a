import { parseSize } from '../../installer/src/model/units.ts';
import { record } from '../json.ts';
import type { Part } from './read-override.ts';

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Why a value cannot be taken as it stands. */
export class Unclear {
  readonly because: string;

  constructor(because: string) {
    this.because = because;
  }
}

/**
 * A scalar as the environment of a container gets it. A number in quotes is a text; without them YAML 1.1 and 1.2 make
 * different things of dates, of octal numbers and of numbers that are too long.
 */
function scalar(name: string, { value, text }: Part): string | Unclear {
  if (typeof value === 'string') return value;
  const isSame =
    typeof value === 'boolean' ||
    (typeof value === 'number' && (Number.isInteger(value) ? Number.isSafeInteger(value) : true));
  if (isSame && String(value) === text) return text;
  if (value === null || value === undefined)
    return new Unclear('a variable without a value is taken from the shell of this host');
  return new Unclear(`what ${name} is without quotes, programs read differently: put it in quotes`);
}

/** A mapping, or a list of NAME=value. */
export function variables({ value, text }: Part): Readonly<Record<string, string>> | Unclear {
  const found = Object.create(null) as Record<string, string>;
  if (isTexts(value)) {
    for (const line of value) {
      const [name = '', ...rest] = line.split('=');
      if (rest.length === 0)
        return new Unclear('a variable without a value is taken from the shell of this host');
      found[name] = rest.join('=');
    }
    return found;
  }
  if (Array.isArray(value)) return new Unclear('not every line of it is a text');
  if (typeof value !== 'object' || value === null)
    return new Unclear('it is neither a mapping nor a list');
  for (const [name, one] of Object.entries(value)) {
    const written = scalar(name, { value: one, text: record(text)[name] });
    if (written instanceof Unclear) return written;
    found[name] = written;
  }
  return found;
}

/** `512m`, `1g`, `1.5gb` or a number of bytes. */
export function bytes(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([bkmgtp])?i?b?$/i.exec(String(value)) ?? [];
  const size =
    amount === undefined
      ? parseSize(String(value))
      : Math.round(Number(amount) * 1024 ** 'bkmgtp'.indexOf((unit ?? 'b').toLowerCase()));
  return size !== undefined && Number.isSafeInteger(size) ? size : undefined;
}

/** `90s`, `1m30s`, `2h`. */
export function seconds(value: unknown): number | undefined {
  const [, h, m, s] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(value)) ?? [];
  const total = Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
  return total > 0 && total < 2 ** 31 ? total : undefined;
}
