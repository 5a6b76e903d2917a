import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../installer/src/model/config.ts';
import { ENGINE } from './fakes/builders.ts';

const ROOT = join(import.meta.dirname, '..');
const json = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

describe('the Compose schema', () => {
  // The specification's own schema, as the linter's package ships it.
  const linter = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const validate = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
  }).compile(json(join(linter, 'schemas/compose.schema.json')));
  const golden = join(ROOT, 'test/golden');
  const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /compose[^/]*\.yaml$/.test(path),
  );

  it.each(files)('accepts %s', (path) => {
    const valid = validate(parse(readFileSync(join(golden, path), 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('is strict enough to refuse a misspelt key', () => {
    expect(files.length).toBeGreaterThan(6);
    expect(validate({ services: { a: { image: 'x', read_onyl: true } } })).toBe(false);
  });
});

describe('the schema of factsway.yaml that editors use', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    json(join(ROOT, 'schema/factsway.v2.schema.json')),
  );

  it('accepts the file a new instance gets', () => {
    const text = ENGINE.render('config-templates/factsway.yaml.hbs', {
      ...configSchema.parse({}),
      showRegistry: true,
    });
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['an unknown key', { edge: { htpsPort: 1 } }],
    ['a wrong type', { host: { cores: 'two' } }],
    ['a value out of range', { edge: { httpsPort: 70000 } }],
  ])('refuses %s', (_, document) => {
    expect(validate(document)).toBe(false);
  });
});
