import { expect, it } from 'vitest';
import { substituted } from './substitute.ts';

it('fills in variables of Grafana and of the dashboard, bare and in braces', () => {
  expect(
    substituted('rate(a{s="$service", t=~"${service}.*"}[$__rate_interval])', { service: 'x' }),
  ).toBe('rate(a{s="x", t=~"x.*"}[1m])');
});

it('leaves the end of a regular expression and a group of label_replace alone', () => {
  const expression = 'label_replace(a{b=~"c$"}, "d", "$1", "e", "(.*)")';
  expect(substituted(expression)).toBe(expression);
});

it('refuses a variable it has no value for', () => {
  expect(() => substituted('a{s="$servce"}', { service: 'x' })).toThrow(
    '$servce has no value at character 5 of: a{s="$servce"}',
  );
});
