import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { factsWith } from '../../../../test/fakes/facts.ts';
import { configSchema } from '../../model/config.ts';
import { GiB } from '../../model/units.ts';
import type { Facts } from './facts.ts';
import { idOf, type Question } from './question.ts';
import { QUESTIONS } from './questions.ts';
import { problemOf, readAnswer, survey, type Answers } from './survey.ts';

const contextOf = (facts: Partial<Facts> = {}) => ({
  questions: QUESTIONS,
  facts: factsWith(facts),
  current: undefined,
});
const itemsOf = (facts: Partial<Facts> = {}, answers: Answers = {}) =>
  survey(contextOf(facts), answers).items;
const named = (id: string): Question => {
  const found = QUESTIONS.find((question) => idOf(question) === id);
  if (!found) throw new Error(`no question ${id}`);
  return found;
};
/** What stands in the answers after this was typed, or what is said against it. */
const typed = (id: string, text: string, facts: Partial<Facts> = {}, answers: Answers = {}) => {
  const value = readAnswer(named(id), text);
  const problem = problemOf(contextOf(facts), answers, named(id), value);
  return problem === undefined ? value : `refused: ${problem}`;
};

/** Keys the schema has at a place. */
function keysAt(path: readonly string[]): string[] {
  type Node = { readonly properties?: Readonly<Record<string, Node>> };
  const root = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const node = path.reduce<Node | undefined>((found, key) => found?.properties?.[key], root);
  return Object.keys(node?.properties ?? {});
}

/** Machines that differ in what they suggest. */
const MACHINES: readonly (readonly [string, Partial<Facts>])[] = [
  ['an ordinary server', {}],
  ['one with the images built on it', { built: { found: 16, of: 16 } }],
  ['one where the usual ports are taken', { busyPorts: new Set([80, 443, 8080, 9090, 9093]) }],
  ['one that is too small', { memoryBytes: 4 * GiB, cores: 1 }],
  [
    'one behind a proxy',
    { proxy: { https: 'http://proxy:3128', http: 'http://other:3128', because: 'This shell.' } },
  ],
  ['one behind a proxy of its own', { proxy: { https: '', http: '', because: 'This shell.' } }],
  ['one without a usable name', { hostName: undefined, timeZone: 'Mars/Olympus' }],
  [
    'one without Docker',
    { engine: { answers: false, problem: 'No Docker Engine answers.', remedy: 'Start it.' } },
  ],
];

describe('every question', () => {
  it.each(QUESTIONS.map((question) => [idOf(question), question] as const))(
    '%s is about a key that exists, and fits the screen',
    (_id, { path, title, explanation, choices = [], kind, port }) => {
      expect(keysAt(path.slice(0, -1))).toContain(path.at(-1));
      expect(title.length, title).toBeLessThanOrEqual(32);
      expect(explanation.length, explanation).toBeGreaterThan(10);
      expect(explanation.length, explanation).toBeLessThanOrEqual(76);
      for (const { label, explanation: why = '' } of choices) {
        expect(label.length, label).toBeLessThanOrEqual(40);
        expect(why.length, why).toBeLessThanOrEqual(76);
      }
      expect(['select', 'switch'].includes(kind), 'these have choices, nothing else has').toBe(
        choices.length > 0,
      );
      if (port) expect(port.candidates.length).toBeGreaterThan(2);
    },
  );

  it('is about a key of its own', () => {
    expect(new Set(QUESTIONS.map(idOf)).size).toBe(QUESTIONS.length);
  });

  it.each(MACHINES)('suggests what it would accept, on %s', (_name, facts) => {
    const context = contextOf(facts);
    for (const { id, question, value } of itemsOf(facts))
      expect(problemOf(context, {}, question, value), id).toBeUndefined();
  });

  it.each([
    ['images.source', 'upstream'],
    ['edge.tls.mode', 'off'],
    ['host.profile', 'small'],
  ])('suggests what it would accept once %s is %s', (id, value) => {
    const context = contextOf();
    const answers = { [id]: value };
    for (const item of itemsOf({}, answers))
      expect(problemOf(context, answers, item.question, item.value), item.id).toBeUndefined();
  });
});

describe('detection', () => {
  const value = (id: string, facts: Partial<Facts> = {}) =>
    itemsOf(facts).find((item) => item.id === id);

  it('suggests name, time zone, memory and cores of this server', () => {
    expect(value('host.name')?.value).toBe('server1.example.com');
    expect(value('host.timeZone')?.value).toBe('Europe/Berlin');
    expect(value('host.memory')?.value).toBe('16GiB');
    expect(value('host.memory', { memoryBytes: 23.6 * GiB })?.value).toBe('23.5GiB');
    expect(value('host.cores')?.value).toBe(4);
  });

  it('takes the images that are on this server, and the registry where one is missing', () => {
    const all = { built: { found: 16, of: 16 } };
    expect(value('images.source', all)).toMatchObject({
      value: 'debian',
      because: 'All of them are on this server already.',
    });
    expect(value('images.registry', all)).toBeUndefined();
    expect(value('images.source', { built: { found: 15, of: 16 } })?.value).toBe('upstream');
  });

  it('moves to a free port, says why, and asks for it; a free usual one is not asked', () => {
    expect(value('edge.httpsPort')?.asked).toBe(false);
    const busyPorts = new Set([443, 8443]);
    expect(value('edge.httpsPort', { busyPorts })).toMatchObject({
      value: 9443,
      because: 'Another program of this server already listens on 443; 9443 is free.',
      asked: true,
    });
  });

  it('says that a server is too small, and suggests the least that works', () => {
    expect(value('host.memory', { memoryBytes: 4 * GiB })).toMatchObject({
      value: '6GiB',
      because: 'This server has 4.0 GiB, less than FACTSWAY needs.',
    });
  });
});

describe('what people type', () => {
  it.each([
    ['host.name', 'https://Factsway.Example.com/', 'factsway.example.com'],
    ['host.name', 'fact sway', 'refused: must be a DNS name such as factsway.example.com'],
    ['host.memory', '12 gb', '12GiB'],
    ['host.memory', '8', '8GiB'],
    ['host.memory', '8192m', '8192MiB'],
    ['host.memory', '4GiB', 'refused: must be at least 6GiB'],
    ['host.memory', '64GiB', 'refused: must be at most 16GiB: this server has no more'],
    ['host.memory', 'much', 'refused: must be a size such as 512MiB or 8GiB'],
    ['host.cores', '8', 'refused: must be at most 4: this server has no more'],
    ['host.cores', 'four', 'refused: must be a whole number'],
    ['edge.httpPort', '70000', 'refused: must be at most 65535'],
    ['edge.httpPort', '443', 'refused: is already given to “Port for encrypted connections”'],
    ['network.proxy.https', 'http://proxy.example.com:3128/', 'http://proxy.example.com:3128'],
    ['network.proxy.https', 'none', ''],
    ['network.proxy.https', 'proxy:3128', 'refused: must begin with http:// or https://'],
    [
      'network.proxy.https',
      'http://anna:pass@proxy:3128',
      'refused: holds a login, and everyone who may run "docker inspect" can read what containers are given',
    ],
    ['images.registry', 'https://registry.example.com/factsway/', 'registry.example.com/factsway'],
  ])('%s: %s → %s', (id, text, result) => {
    expect(typed(id, text)).toBe(result);
  });

  it('a misspelt time zone is guessed', () => {
    expect(typed('host.timeZone', 'Europe/Berln')).toContain('Did you mean "Europe/Berlin"?');
  });

  it('a certificate of a public authority needs a name that the public knows', () => {
    const answers = { 'host.name': 'server1' };
    expect(typed('edge.tls.mode', 'acme', {}, answers)).toBe(
      'refused: does not go with “Name of this server” (server1): that is a name without a domain: no public authority gives a certificate for it (edge.tls.mode acme)',
    );
    expect(typed('edge.tls.mode', 'acme', {}, { 'host.name': 'factsway.example.com' })).toBe(
      'acme',
    );
  });

  it('what a mode needs has to be answered, and what it does not need has not', () => {
    const provided = { 'edge.tls.mode': 'provided' };
    expect(typed('edge.tls.keyFile', '', {}, provided)).toBe('refused: must be answered');
    const external = { 'postgres.mode': 'external', 'postgres.external.host': 'db.example.com' };
    expect(typed('host.memory', '5', {}, external)).toBe('5GiB');
    expect(typed('postgres.external.tls.caFile', '', {}, external)).toBe('');
    expect(typed('postgres.external.host', '', {}, { 'postgres.mode': 'external' })).toBe(
      'refused: must be answered',
    );
    expect(typed('postgres.external.host', 'localhost', {}, external)).toContain('refused: is the');
  });

  it('images that are not on this server cannot be chosen', () => {
    expect(typed('images.source', 'debian', { built: { found: 3, of: 16 } })).toBe(
      'refused: cannot be chosen: 13 of 16 images are not on this server',
    );
  });
});
