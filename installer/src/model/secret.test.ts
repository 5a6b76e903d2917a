import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

const VALUE = 'correct horse battery staple';
const secret = new Secret(VALUE);

it('a secret gives its value only when it is asked for by name', () => {
  expect(secret.reveal()).toBe(VALUE);
});

it.each([
  ['a template', String(secret)],
  ['concatenation', `password: ${secret.toString()}`],
  ['JSON', JSON.stringify({ secret, list: [secret] })],
  ['inspect', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['a format string', format('%s %o %O %j', secret, secret, secret, secret)],
  ['an error message', new Error(String(secret)).stack ?? ''],
  ['its own keys', JSON.stringify(Object.entries(secret)) + String(secret)],
])('a secret does not show in %s', (_where, text) => {
  expect(text).not.toContain('horse');
  expect(text).toContain('[secret]');
});
