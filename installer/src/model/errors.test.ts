import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOG, FactswayError, together, toFactswayError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

const SOURCE = fileURLToPath(new URL('../', import.meta.url));

/** Every `'FW-…'` the installer's own code names, with the files that do. */
function codesInSource(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = (readdirSync(SOURCE, { recursive: true }) as string[]).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && path !== 'model/errors.ts',
  );
  for (const path of files)
    for (const [, code = ''] of readFileSync(SOURCE + path, 'utf8').matchAll(/'(FW-[A-Z-]+)'/g))
      found.set(code, [...(found.get(code) ?? []), path]);
  return found;
}

describe('the catalogue of errors', () => {
  it('knows every code the source names', () => {
    const used = codesInSource();
    expect(used.size).toBeGreaterThan(25);
    const unknown = [...used].filter(([code]) => !Object.hasOwn(ERROR_CATALOG, code));
    expect(unknown).toEqual([]);
  });

  it('has no code that nothing throws', () => {
    const used = codesInSource();
    const orphans = Object.keys(ERROR_CATALOG).filter((code) => !used.has(code));
    expect(orphans).toEqual([]);
  });

  it.each(Object.entries(ERROR_CATALOG))('%s has a summary and an exit code', (code, entry) => {
    expect(code).toMatch(/^FW(-[A-Z]+)+$/);
    expect(entry.summary).toMatch(/^[A-Z].{20,}\.$/);
    expect(Object.values(EXIT)).toContain(entry.exit);
    expect([EXIT.ok, EXIT.warnings]).not.toContain(entry.exit);
  });
});

describe('an error', () => {
  it('ends the process with the exit code of the catalogue', () => {
    expect(new FactswayError('FW-DRIFT', 'm', 'h').exitCode).toBe(3);
    expect(new FactswayError('FW-USAGE', 'm', 'h').exitCode).toBe(2);
    expect(new FactswayError('FW-MIGRATION-STUCK', 'm', 'h').exitCode).toBe(6);
  });

  it('that happened half way ends it with the exit code it was given', () => {
    expect(new FactswayError('FW-DRIFT', 'm', 'h', [], EXIT.restored).exitCode).toBe(5);
  });

  it('reports code, message and hint, and details only where there are some', () => {
    expect(new FactswayError('FW-DRIFT', 'm', 'h').report()).toEqual({
      code: 'FW-DRIFT',
      message: 'm',
      hint: 'h',
    });
    expect(new FactswayError('FW-DRIFT', 'm', 'h', ['line']).report().details).toEqual(['line']);
  });

  it('nobody declared is our bug and keeps its stack', () => {
    const error = toFactswayError(new TypeError('x is not a function'));
    expect(error.code).toBe('FW-BUG');
    expect(error.exitCode).toBe(1);
    expect(error.message).toContain('x is not a function');
    expect(error.details.join('\n')).toContain('errors.test.ts');
  });

  it('of ours passes through unchanged, and a thrown text becomes one', () => {
    const ours = new FactswayError('FW-DRIFT', 'm', 'h');
    expect(toFactswayError(ours)).toBe(ours);
    expect(toFactswayError('out of luck').message).toContain('out of luck');
  });

  it('among several is the first of them, and all of them are told', () => {
    const [one, two, three] = ['1', '2', '3'].map((m) => new FactswayError('FW-DRIFT', m, 'h'));
    const first = together(one!, [two!]);
    expect([first.code, first.message, first.exitCode]).toEqual(['FW-DRIFT', '1', 3]);
    expect(together(first, [three!]).all).toEqual([one, two, three]);
    expect(together(one!, [])).toBe(one);
    expect(one!.all).toEqual([one]);
  });
});
