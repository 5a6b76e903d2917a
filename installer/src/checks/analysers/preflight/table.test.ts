import { describe, expect, it } from 'vitest';
import { catalogWith, DIRECTORY } from '../../../../../test/fakes/builders.ts';
import { goodFacts } from '../../../../../test/fakes/preflight.ts';
import { ERROR_CATALOG } from '../../../model/errors.ts';
import { EXIT } from '../../../model/exit-codes.ts';
import { PREFLIGHT_ERRORS } from '../../../model/preflight-errors.ts';
import { PREFLIGHT_CHECKS } from './table.ts';

describe('the table of checks', () => {
  it('has every name once, in kebab-case', () => {
    const names = PREFLIGHT_CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each(PREFLIGHT_CHECKS.map((check) => [check.name, check] as const))(
    '%s says what it proves, when it does not pass, with which code and what to do',
    (_, { proves, warns, fails, codes, remedy }) => {
      expect(proves).toMatch(/^[A-Z].*\.$/);
      expect(remedy).not.toBe('');
      expect(codes.length > 0).toBe(fails !== undefined);
      expect(warns ?? fails).toBeDefined();
      for (const code of codes) expect(ERROR_CATALOG[code]).toBeDefined();
    },
  );

  it('uses every error that is its own, and each of them ends in exit code 3', () => {
    const used = new Set<string>(PREFLIGHT_CHECKS.flatMap(({ codes }) => codes));
    for (const [code, { exit }] of Object.entries(PREFLIGHT_ERRORS)) {
      expect(used).toContain(code);
      expect(exit).toBe(EXIT.check);
    }
  });

  it.each(PREFLIGHT_CHECKS.map((check) => [check.name, check] as const))(
    '%s passes on a good server',
    (_, check) => {
      const catalog = catalogWith({
        host: { name: 'factsway.example.com', cores: 4 },
        images: { source: 'debian' },
        ...(check.name.startsWith('database')
          ? { postgres: { mode: 'external', external: { host: 'db.example.com' } } }
          : {}),
        ...(check.name === 'proxy-answers'
          ? { network: { proxy: { https: 'http://proxy.example.com:3128' } } }
          : {}),
      });
      const wanted = { purpose: 'install', catalog, directory: DIRECTORY } as const;
      const verdict = check.analyse(goodFacts(catalog), wanted);
      expect(verdict).toMatchObject({ status: 'pass', remedy: '' });
      expect(verdict.found).not.toBe('');
    },
  );
});
