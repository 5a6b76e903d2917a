import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../../test/fakes/thrown.ts';
import { CONFIG_API_VERSION } from '../../model/config.ts';
import type { FactswayError } from '../../model/errors.ts';
import { parseConfig } from '../parse-config.ts';
import { migrateConfig, presentPath } from './migrate.ts';
import type { MigrationStep } from './step.ts';
import { STEPS } from './steps.ts';

const FILE = 'factsway.yaml';
const migrated = (text: string): string | undefined =>
  migrateConfig(text, parse(text.replace(/^\uFEFF/, '')), FILE)?.text;
const problem = (text: string): FactswayError => errorOf(() => parseConfig(text, FILE));

describe('the steps', () => {
  it('lead from the first form to the present one, each from where the last one ended', () => {
    expect(STEPS[0]?.from).toBe('factsway/v1');
    expect(STEPS.at(-1)?.to).toBe(CONFIG_API_VERSION);
    for (const [index, { from, to }] of STEPS.entries()) {
      expect(from).toBe(`factsway/v${index + 1}`);
      expect(to).toBe(`factsway/v${index + 2}`);
    }
  });

  it('say in sentences what they are for, and why a key has another name', () => {
    for (const { title, renames } of STEPS) {
      expect(title).toMatch(/^[A-Z].*\.$/);
      for (const { because } of renames) expect(because).toMatch(/^[a-z].*[a-z]$/);
    }
  });

  it('are carried out one after the other', () => {
    const step = (number: number, path: [string, ...string[]], name: string): MigrationStep => ({
      from: `factsway/v${number}`,
      to: `factsway/v${number + 1}`,
      title: '',
      renames: [{ path, name, because: 'for a test' }],
    });
    const steps = [step(1, ['a'], 'b'), step(2, ['b', 'x'], 'y'), step(3, ['b'], 'c')];
    const text = 'a: { x: 1 }\n';
    const all = migrateConfig(text, parse(text), FILE, steps);
    expect(all?.text).toBe('apiVersion: factsway/v4\nc: { y: 1 }\n');
    expect(all?.migration.did).toHaveLength(3);
    const late = 'apiVersion: factsway/v3\na: 1\nb: 2\n';
    expect(migrateConfig(late, parse(late), FILE, steps)?.text).toBe(
      'apiVersion: factsway/v4\na: 1\nc: 2\n',
    );
    expect(presentPath(['a', 'x', 'deep'], steps)).toEqual(['c', 'y', 'deep']);
    expect(presentPath(['x'], steps)).toEqual(['x']);
  });
});

describe('from factsway/v1', () => {
  it.each([
    [
      'comments before, beside and after',
      '# file\n\n# form\napiVersion: factsway/v1 # one\n# before\nservices:\n  # above\n  passwordCompatibility: true # beside\n  # below\n\n# end\n',
      '# file\n\n# form\napiVersion: factsway/v2 # one\n# before\nservices:\n  # above\n  passwordInEnvironment: true # beside\n  # below\n\n# end\n',
    ],
    [
      'order and odd spacing',
      'services:\n      logLevel:    "debug"\n      passwordCompatibility:   false\n\n\nhost:   {cores:   4}\napiVersion:  factsway/v1\n',
      'services:\n      logLevel:    "debug"\n      passwordInEnvironment:   false\n\n\nhost:   {cores:   4}\napiVersion:  factsway/v2\n',
    ],
    [
      'CRLF',
      'apiVersion: factsway/v1\r\nservices:\r\n  passwordCompatibility: true\r\n',
      'apiVersion: factsway/v2\r\nservices:\r\n  passwordInEnvironment: true\r\n',
    ],
    [
      'a byte order mark',
      '\uFEFFapiVersion: factsway/v1\nservices: {passwordCompatibility: true}\n',
      '\uFEFFapiVersion: factsway/v2\nservices: {passwordInEnvironment: true}\n',
    ],
    [
      'flow style',
      '{apiVersion: factsway/v1, services: {"passwordCompatibility":true, logLevel: info}}',
      '{apiVersion: factsway/v2, services: {"passwordInEnvironment":true, logLevel: info}}',
    ],
    [
      'quotes of either kind',
      `'apiVersion': "factsway/v1"\n"services":\n  'passwordCompatibility': true\n`,
      `'apiVersion': "factsway/v2"\n"services":\n  'passwordInEnvironment': true\n`,
    ],
    [
      'anchors and aliases that have nothing to do with it',
      'apiVersion: factsway/v1\nedge: { httpPort: &p 8080 }\nmonitoring: { prometheusPort: *p }\nservices:\n  passwordCompatibility: &yes true\n',
      'apiVersion: factsway/v2\nedge: { httpPort: &p 8080 }\nmonitoring: { prometheusPort: *p }\nservices:\n  passwordInEnvironment: &yes true\n',
    ],
    [
      'an explicit key',
      'apiVersion: factsway/v1\nservices:\n  ? passwordCompatibility\n  : true\n',
      'apiVersion: factsway/v2\nservices:\n  ? passwordInEnvironment\n  : true\n',
    ],
    ['nothing to rename', 'apiVersion: factsway/v1\n', 'apiVersion: factsway/v2\n'],
  ])('%s: every other byte stays', (_, text, expected) => {
    expect(migrated(text)).toBe(expected);
    expect(migrated(expected)).toBeUndefined();
    expect(() => parseConfig(text, FILE)).not.toThrow();
  });

  it('says what it did', () => {
    const { migration } = parseConfig('services: { passwordCompatibility: true }\n', FILE);
    expect(migration).toEqual({
      from: 'factsway/v1',
      to: 'factsway/v2',
      did: [
        'services.passwordCompatibility is now called services.passwordInEnvironment, which says what it does to the password.',
      ],
    });
  });
});

describe('a file that names no form', () => {
  it.each([
    [
      'gets it as its first line',
      'host: {cores: 4}\n',
      'apiVersion: factsway/v2\nhost: {cores: 4}\n',
    ],
    [
      'gets it below a comment about the file',
      '# ours\r\n# alone\r\n\r\n# cores\r\nhost: {cores: 4}\r\n',
      '# ours\r\n# alone\r\n\r\napiVersion: factsway/v2\r\n# cores\r\nhost: {cores: 4}\r\n',
    ],
    [
      'gets it behind a byte order mark',
      '\uFEFFproject: a\n',
      '\uFEFFapiVersion: factsway/v2\nproject: a\n',
    ],
    [
      'gets it last where the top is taken',
      '---\nproject: a\n',
      '---\nproject: a\napiVersion: factsway/v2\n',
    ],
    ['gets it in flow style', '{project: a}\n', '{project: a, apiVersion: factsway/v2}\n'],
    [
      'gets it indented like the rest',
      '  project: a\n',
      '  project: a\n  apiVersion: factsway/v2\n',
    ],
    ['gets it although it is empty', '', 'apiVersion: factsway/v2\n'],
  ])('%s', (_, text, expected) => {
    const result = parseConfig(text, FILE);
    expect(result.text).toBe(expected);
    expect(parseConfig(expected, FILE)).not.toHaveProperty('migration');
  });

  it('has its errors told by its own lines', () => {
    expect(problem('host:\n  cores: 0\n').message).toBe(
      'factsway.yaml:2:3: host.cores must be at least 1.',
    );
  });
});

describe('refused is', () => {
  it.each(['factsway/v3', 'factsway/v12', 'factsway/v999999'])('the later form %s', (form) => {
    const error = problem(`apiVersion: ${form}\nunheardOf: 1\n`);
    expect(error.code).toBe('FW-CONFIG-NEWER');
    expect(error.message).toContain(`${form}, which a later installer wrote`);
    expect(error.hint).toContain('factsway-install --version');
  });

  it.each(['factsway/v0', 'factsway/v02', 'factsway/v1 ,', 'v1', '1', '[]', '~'])(
    'a form that never was: %s',
    (form) => {
      expect(problem(`apiVersion: ${form}\n`).code).toBe('FW-CONFIG-INVALID');
    },
  );

  it('an old name beside the new one, in the words for any key it does not know', () => {
    const error = problem(
      'services:\n  passwordCompatibility: true\n  passwordInEnvironment: false\n',
    );
    expect(error.code).toBe('FW-CONFIG-UNKNOWN-KEY');
    expect(error.message).toContain(':2:3: unknown key "services.passwordCompatibility"');
  });

  it('a rename that would change what an alias means, and the hint says what to type', () => {
    const error = problem('services: &s {passwordCompatibility: true}\nmonitoring: *s\n');
    expect(error.code).toBe('FW-CONFIG-NOT-EDITABLE');
    expect(error.hint).toContain('Rename services.passwordCompatibility to passwordInEnvironment');
  });

  it.each([
    [
      'a key given twice',
      'services: {passwordCompatibility: true}\nservices: {}\n',
      'FW-CONFIG-SYNTAX',
    ],
    ['a tab', 'services:\n\tpasswordCompatibility: true\n', 'FW-CONFIG-SYNTAX'],
    ['an alias of nothing', 'services: *none\n', 'FW-CONFIG-SYNTAX'],
    ['a second document', 'project: a\n---\nproject: b\n', 'FW-CONFIG-SYNTAX'],
    ['an unknown key', 'hots: {name: a}\n', 'FW-CONFIG-UNKNOWN-KEY'],
    ['a list', '- a\n', 'FW-CONFIG-INVALID'],
    ['a text', 'hello\n', 'FW-CONFIG-INVALID'],
    [
      'a wrong value under the old name',
      'services: {passwordCompatibility: 3}\n',
      'FW-CONFIG-INVALID',
    ],
  ])('%s, as in the present form', (_, text, code) => {
    expect(problem(text).code).toBe(code);
    expect(problem(`apiVersion: factsway/v1\n${text}`).code).toMatch(/^FW-CONFIG-/);
  });
});
