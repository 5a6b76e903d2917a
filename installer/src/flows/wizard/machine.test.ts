import { describe, expect, it } from 'vitest';
import { factsWith } from '../../../../test/fakes/facts.ts';
import { accept, back, begin, change, openFurther, screenOf, type WizardState } from './machine.ts';
import { QUESTIONS } from './questions.ts';
import type { Value } from './question.ts';
import { settingsOf, type Answers, type WizardContext } from './survey.ts';

const context: WizardContext = { questions: QUESTIONS, facts: factsWith(), current: undefined };
const existing: WizardContext = {
  ...context,
  current: { host: { name: 'old.example.com', memory: '8GiB' }, images: { source: 'upstream' } },
};

/** Where a state is, in words: `3 of 9 edge.tls.mode`, `review`. */
function at(state: WizardState, where: WizardContext = context): string {
  const screen = screenOf(where, state);
  if (screen.kind !== 'question') return screen.kind;
  const { progress, item } = screen;
  return `${progress ? `${progress.number} of ${progress.of} ` : ''}${item.id}`;
}
const answer = (state: WizardState, ...values: readonly Value[]): WizardState =>
  values.reduce((now, value) => accept(context, now, value), state);
const settings = (state: WizardState, where = context): Record<string, unknown> =>
  Object.fromEntries(
    settingsOf(where, state.answers).map(({ path, value }) => [path.join('.'), value]),
  );

const ALL: readonly Value[] = [
  'a.example.com',
  'UTC',
  'internal',
  'upstream',
  'registry.factsway.com/onprem',
  '8GiB',
  2,
  false,
  'on',
];
const reviewed = answer(begin(context, {}), ...ALL);

describe('forward', () => {
  it('goes through the questions that apply, then to the review', () => {
    let state = begin(context, {});
    const seen = [at(state)];
    for (const value of ALL) {
      state = accept(context, state, value);
      seen.push(at(state));
    }
    expect(seen).toEqual([
      '1 of 9 host.name',
      '2 of 9 host.timeZone',
      '3 of 9 edge.tls.mode',
      '4 of 9 images.source',
      '5 of 9 images.registry',
      '6 of 9 host.memory',
      '7 of 9 host.cores',
      '8 of 9 monitoring.receivers.email.enabled',
      '9 of 9 backup.mode',
      'review',
    ]);
  });

  it('does not ask for the registry where nothing is downloaded', () => {
    const built = { ...context, facts: factsWith({ built: { found: 16, of: 16 } }) };
    let state = begin(built, { 'host.name': 'a', 'host.timeZone': 'UTC', 'edge.tls.mode': 'off' });
    expect(at(state, built)).toBe('4 of 8 images.source');
    state = accept(built, state, 'debian');
    expect(at(state, built)).toBe('5 of 8 host.memory');
  });
});

describe('back', () => {
  it('leads to the question before, keeps its answer as the suggestion, and forward again', () => {
    let state = answer(begin(context, {}), 'a.example.com', 'UTC');
    state = back(context, state);
    const screen = screenOf(context, state);
    expect(at(state)).toBe('2 of 9 host.timeZone');
    expect(screen).toMatchObject({ kind: 'question', back: true, item: { value: 'UTC' } });
    expect(at(answer(state, 'Europe/Paris'))).toBe('3 of 9 edge.tls.mode');
  });

  it('goes nowhere from the first question, which says so', () => {
    const state = begin(context, {});
    expect(back(context, state)).toEqual(state);
    expect(screenOf(context, state)).toMatchObject({ back: false });
  });

  it('leads from the review to the last question, and from further settings to the review', () => {
    expect(at(back(context, reviewed))).toBe('9 of 9 backup.mode');
    expect(at(back(context, openFurther(reviewed)))).toBe('review');
  });

  it('from an answer that was opened to be changed leads to where it was opened', () => {
    expect(at(back(context, change(reviewed, 'host.memory')))).toBe('review');
    const further = openFurther(reviewed);
    expect(at(back(context, change(further, 'project')))).toBe('further');
  });
});

describe('a change from the review', () => {
  it('returns to the review', () => {
    const open = change(reviewed, 'host.name');
    expect(at(open)).toBe('host.name');
    const state = answer(open, 'b.example.com');
    expect(at(state)).toBe('review');
    expect(settings(state)).toMatchObject({ 'host.name': 'b.example.com', 'host.memory': '8GiB' });
  });

  it('asks first what applies only now', () => {
    const built = { ...context, facts: factsWith({ built: { found: 16, of: 16 } }) };
    let state = begin(built, {});
    for (const value of ['a', 'UTC', 'internal', 'debian', '8GiB', 2, false, 'on'])
      state = accept(built, state, value);
    expect(at(state, built)).toBe('review');
    expect(settings(state, built)).not.toHaveProperty('images.registry');
    state = accept(built, change(state, 'images.source'), 'upstream');
    expect(at(state, built)).toBe('images.registry');
    state = accept(built, state, 'registry.example.com/factsway');
    expect(at(state, built)).toBe('review');
    expect(settings(state, built)).toMatchObject({
      'images.registry': 'registry.example.com/factsway',
    });
  });

  it('leaves out what no longer applies', () => {
    const own = answer(change(reviewed, 'images.registry'), 'registry.example.com/x');
    const built = { ...context, facts: factsWith({ built: { found: 16, of: 16 } }) };
    const state = accept(built, change(own, 'images.source'), 'debian');
    expect(settings(state, built)).not.toHaveProperty('images.registry');
  });

  it('of a further setting returns to the list, and shows it in the review', () => {
    const state = answer(change(openFurther(reviewed), 'project'), 'second');
    expect(at(state)).toBe('further');
    const review = screenOf(context, back(context, state));
    expect(review.kind === 'review' && review.items.map(({ id }) => id)).toContain('project');
    expect(settings(state)['project']).toBe('second');
  });
});

describe('what an answer leads to', () => {
  it('is asked next: the files of a certificate, and no longer once another one is made', () => {
    let state = answer(begin(context, {}), 'a.example.com', 'UTC', 'provided');
    expect(at(state)).toBe('4 of 11 edge.tls.certificateFile');
    state = answer(state, '/etc/ssl/a.crt', '/etc/ssl/a.key');
    expect(at(state)).toBe('6 of 11 images.source');
    state = answer(change(state, 'edge.tls.mode'), 'internal');
    expect(settings(state)).not.toHaveProperty('edge.tls.keyFile');
  });

  it('is asked from the review as well: a database elsewhere', () => {
    let state = answer(change(openFurther(reviewed), 'postgres.mode'), 'external');
    expect(at(state)).toBe('postgres.external.host');
    state = answer(state, 'db.example.com', 5432, 'require');
    expect(at(state)).toBe('further');
    expect(settings(state)).toMatchObject({
      'postgres.mode': 'external',
      'postgres.external.host': 'db.example.com',
      'postgres.external.tls.mode': 'require',
    });
  });

  it('may be nothing: an optional key stays out of the answers', () => {
    let state = answer(change(openFurther(reviewed), 'postgres.mode'), 'external');
    state = answer(state, 'db.example.com', 5432, 'verify-full', '');
    expect(at(state)).toBe('further');
    expect(settings(state)).not.toHaveProperty('postgres.external.tls.caFile');
  });
});

describe('answers that another answer made impossible', () => {
  it('are asked for again, with the reason', () => {
    // With TLS off the encrypted port means nothing, so the plain one may take its number.
    const off = answer(change(reviewed, 'edge.httpsPort'), 9443);
    let state = answer(change(off, 'edge.tls.mode'), 'off');
    state = answer(change(state, 'edge.httpPort'), 9443);
    expect(at(state)).toBe('review');
    state = answer(change(state, 'edge.tls.mode'), 'internal');
    expect(at(state)).toBe('edge.httpPort');
    expect(screenOf(context, state)).toMatchObject({
      reopened: '9443 was the answer, but it is already given to “Port for encrypted connections”.',
    });
    state = answer(state, 8080);
    expect(at(state)).toBe('review');
    expect(state.reopened).toEqual({});
    expect(settings(state)).toMatchObject({ 'edge.httpsPort': 9443, 'edge.httpPort': 8080 });
  });
});

describe('going on from saved answers', () => {
  const saved: Answers = { 'host.name': 'a.example.com', 'host.timeZone': 'UTC' };

  it('begins at the first question without an answer', () => {
    expect(at(begin(context, saved))).toBe('3 of 9 edge.tls.mode');
  });

  it('begins at the review where nothing is missing', () => {
    expect(at(begin(context, reviewed.answers))).toBe('review');
  });

  it('asks again for a value that is no longer valid, and says so', () => {
    const state = begin(context, { ...reviewed.answers, 'host.memory': '64GiB' });
    expect(at(state)).toBe('6 of 9 host.memory');
    expect(screenOf(context, state)).toMatchObject({
      reopened: '64GiB was the answer, but it must be at most 16GiB: this server has no more.',
    });
  });

  it('does not show a password that somebody wrote among the answers', () => {
    const proxy = { 'network.proxy.https': 'http://anna:canary-5@proxy.example.com:3128' };
    const state = begin(context, { ...reviewed.answers, ...proxy });
    expect(at(state)).toBe('network.proxy.https');
    expect(state.reopened['network.proxy.https']).toContain('Something secret was the answer');
    expect(JSON.stringify(screenOf(context, state))).not.toContain('canary');
  });

  it('takes no notice of a question that does not exist', () => {
    const state = begin(context, { ...saved, 'edge.colour': 'blue' });
    expect(at(state)).toBe('3 of 9 edge.tls.mode');
    expect(settings(state)).not.toHaveProperty('edge.colour');
  });
});

describe('an instance that exists', () => {
  it('begins at the review, with what factsway.yaml says', () => {
    const state = begin(existing, {});
    const screen = screenOf(existing, state);
    expect(
      screen.kind === 'review' && screen.items.map(({ id, value }) => `${id}=${value}`),
    ).toEqual(
      expect.arrayContaining(['host.name=old.example.com', 'host.memory=8GiB', 'host.cores=2']),
    );
    expect(settings(state, existing)).toEqual({});
  });

  it('writes only what was changed', () => {
    const state = accept(existing, change(begin(existing, {}), 'host.memory'), '12GiB');
    expect(at(state, existing)).toBe('review');
    expect(settings(state, existing)).toEqual({ 'host.memory': '12GiB' });
    const undone = accept(existing, change(state, 'host.memory'), '8GiB');
    expect(settings(undone, existing)).toEqual({});
  });

  it('puts a key back to its default where its question fell away and the file would be refused', () => {
    const own: WizardContext = {
      ...existing,
      facts: factsWith({ built: { found: 16, of: 16 } }),
      current: { images: { source: 'upstream', registry: 'registry.example.com/x' } },
    };
    const state = accept(own, change(begin(own, {}), 'images.source'), 'debian');
    expect(settings(state, own)).toEqual({
      'images.source': 'debian',
      'images.registry': 'registry.factsway.com/onprem',
    });
  });

  it('does not ask what holds its data', () => {
    const screen = screenOf(existing, openFurther(begin(existing, {})));
    const ids = screen.kind === 'further' ? screen.items.map(({ id }) => id) : [];
    expect(ids).toContain('edge.bind');
    expect(ids).not.toContain('project');
    expect(ids).not.toContain('postgres.database');
  });
});
