import { describe, expect, it } from 'vitest';
import { draftsFor, keyOf, requestAt, WRITTEN, type Ground } from './requests.ts';

const GROUND: Ground = {
  run: 'r',
  drafts: [1, 2, 3, 4].map((n) => ({ id: `d${n}`, title: `title ${n}` })),
};
const MANY = Array.from({ length: 4000 }, (_, n) => requestAt(n, GROUND));
const posts = MANY.filter(({ method }) => method === 'POST');

describe('the mix', () => {
  it('is half POSTs, a quarter of them with an Idempotency-Key', () => {
    expect(posts.length).toBe(MANY.length / 2);
    const keyed = posts.filter(({ headers }) => headers?.['idempotency-key'] !== undefined);
    expect(keyed.length).toBe(posts.length / 4);
    expect(new Set(keyed.map(({ resource }) => resource)).size).toBe(4);
  });

  it('reaches every collection', () => {
    expect(new Set(MANY.map(({ resource }) => resource)).size).toBe(10);
  });

  it('has a POST that crosses two services, whose title is left to the other one', () => {
    const chained = posts.filter(({ resource }) => resource === 'exports');
    expect(chained.length).toBe(400);
    for (const { body } of chained) expect(body).not.toHaveProperty('title');
  });

  it('is the same for the same number', () => {
    expect(requestAt(17, GROUND)).toEqual(requestAt(17, GROUND));
  });
});

it('no two POSTs have one key, and each is found by it in what the platform then lists', () => {
  expect(new Set(posts.map(({ key, resource }) => `${resource} ${key ?? ''}`)).size).toBe(
    posts.length,
  );
  for (const { body, key, resource } of posts) {
    const written = WRITTEN.find((name) => name === resource)!;
    const title = GROUND.drafts.find(({ id }) => id === body?.['draft_id'])?.title;
    const item = { ...(title === undefined ? {} : { title }), ...body };
    expect(keyOf(written, item)).toBe(key);
  }
});

it('an export that took another title is not the one that was asked for', () => {
  const [chained] = posts.filter(({ resource }) => resource === 'exports');
  expect(keyOf('exports', { ...chained!.body, title: 'title 2' })).not.toBe(chained!.key);
});

it('there are drafts enough for chained POSTs of at most 10 000 pages', () => {
  expect(draftsFor(100)).toBe(4);
  expect(draftsFor(500_000)).toBe(5);
  const ground = { run: 'r', drafts: GROUND.drafts.concat({ id: 'd5', title: 'x' }) };
  expect(requestAt(499_993, ground).body?.['pages']).toBe(10_000);
});

it('without a draft there is no load', () => {
  expect(() => requestAt(0, { run: 'r', drafts: [] })).toThrow('needs a draft');
});
