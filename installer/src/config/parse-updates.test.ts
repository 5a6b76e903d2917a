import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { parseUpdates } from './parse-updates.ts';

const GOOD = `apiVersion: factsway-updates/v1
url: https://updates.example.com
bucket: firm-updates
region: eu-central-1
`;
const problem = (text: string) => errorOf(() => parseUpdates(text, 'updates.yaml'));

it('a file with what has to be there is read, and the rest has its defaults', () => {
  expect(parseUpdates(GOOD, 'updates.yaml')).toEqual({
    apiVersion: 'factsway-updates/v1',
    url: 'https://updates.example.com',
    bucket: 'firm-updates',
    region: 'eu-central-1',
    forcePathStyle: false,
  });
  const more = `${GOOD}replica: { bucket: firm-copy, region: us-east-1 }
distribution: E1EXAMPLE
endpoint: https://s3.firm.example
forcePathStyle: true
`;
  expect(parseUpdates(more, 'updates.yaml')).toMatchObject({
    replica: { bucket: 'firm-copy', region: 'us-east-1' },
    distribution: 'E1EXAMPLE',
    forcePathStyle: true,
  });
});

it.each([
  ['bucket: [\n', 'updates.yaml:2:1'],
  [`${GOOD}bucket: again\n`, 'updates.yaml:5:1'],
  [`${GOOD}\tregion: x\n`, 'updates.yaml:5:1'],
])('what is no YAML is refused with its place: %j', (text, place) => {
  const error = problem(text);
  expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-SYNTAX', 2]);
  expect(error.message.startsWith(`${place}: `)).toBe(true);
});

describe('an unknown key', () => {
  it('is named with its place and what was meant', () => {
    const error = problem(GOOD.replace('bucket', 'buckt'));
    expect([error.code, error.message]).toEqual([
      'FW-CONFIG-UNKNOWN-KEY',
      'updates.yaml:3:1: unknown key "buckt".',
    ]);
    expect(error.hint).toMatch(/^Did you mean "bucket"\? Known here: apiVersion, url, bucket, /);
  });

  it('in a section is told with the keys of that section', () => {
    const error = problem(`${GOOD}replica: { bucket: firm-copy, region: eu-west-1, arn: x }\n`);
    expect(error.message).toBe('updates.yaml:5:50: unknown key "replica.arn".');
    expect(error.hint).toContain('Known here: bucket, region.');
  });

  it('comes before the value that is missing because of it', () => {
    const error = problem(GOOD.replace('region', 'regoin'));
    expect(error.all.map(({ message }) => message)).toEqual([
      'updates.yaml:4:1: unknown key "regoin".',
      'updates.yaml: region is missing.',
    ]);
  });
});

it.each<[string, string, string]>([
  [
    'url',
    'updates.example.com',
    ':2:1: url must be an address such as https://updates.example.com',
  ],
  ['url', 'https://a.example?x=1', ':2:1: url must be an address'],
  ['bucket', 'Firm_Updates', ':3:1: bucket must be the name of a bucket'],
  ['bucket', '5', ':3:1: bucket must be a text, in quotes if it looks like something else'],
  ['region', 'Frankfurt', ':4:1: region must be a region such as eu-central-1'],
  ['apiVersion', 'factsway/v2', ':1:1: apiVersion must be one of "factsway-updates/v1"'],
  ['distribution', 'arn:aws', ':5:1: distribution must be the id of a distribution'],
  ['endpoint', 'true', ':5:1: endpoint must be a text'],
  ['forcePathStyle', '"yes"', ':5:1: forcePathStyle must be true or false'],
  ['replica', 'firm-copy', ':5:1: replica must be a section with keys of its own'],
  ['replica', '{ bucket: firm-copy }', ':5:1: replica.region is missing'],
])('a wrong value of %s is refused by name: %s', (key, value, message) => {
  const line = `${key}: ${value}\n`;
  const before = new RegExp(`^${key}:.*\n`, 'm');
  const error = problem(before.test(GOOD) ? GOOD.replace(before, line) : GOOD + line);
  expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-INVALID', 2]);
  expect(error.message).toContain(`updates.yaml${message}`);
  expect(error.hint).toBe('Correct it in updates.yaml; nothing was changed.');
});

it.each(['', '# nothing yet\n', '[a, b]\n', 'just a text\n'])(
  'a document without a key says what it lacks, or that it is none: %j',
  (text) => {
    const error = problem(text);
    expect(error.code).toBe('FW-CONFIG-INVALID');
    expect(error.message).toMatch(/apiVersion is missing|the document must be a section/);
  },
);
