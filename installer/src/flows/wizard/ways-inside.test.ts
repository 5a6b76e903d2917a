import { describe, expect, it } from 'vitest';
import { factsWith } from '../../../../test/fakes/facts.ts';
import { QUESTIONS } from './questions.ts';
import { waysInside } from './ways-inside.ts';

const waysOf = (hint: string, current?: Record<string, unknown>): string[] =>
  waysInside(
    hint,
    { questions: QUESTIONS, facts: factsWith({}), current },
    {},
    '/srv/answers.yaml',
  );

describe('an option that a hint names', () => {
  it('is a question that was asked', () => {
    expect(waysOf('Take another name: --set host.name=…')).toEqual([
      'Here: Back to the answers → Name of this server',
    ]);
  });

  it('is one of the further settings', () => {
    expect(waysOf('Choose a free range: --set network.subnet=10.99.0.0/16')).toEqual([
      'Here: Back to the answers → Further settings → Address range inside',
    ]);
  });

  it('can be two; each way is told once', () => {
    expect(waysOf('--set project=a or --set host.cores=2 or --set host.cores=4')).toEqual([
      'Here: Back to the answers → Further settings → Name of this installation',
      'Here: Back to the answers → Processor cores for FACTSWAY',
    ]);
  });

  it('has no question of its own any more once the instance exists', () => {
    expect(waysOf('Another: --set project=b', { host: { name: 'localhost' } })).toEqual([]);
  });

  it('leaves a check out, from the same answers', () => {
    expect(waysOf('and when it is right: --skip-check clock')).toEqual([
      'Here: Stop here, then factsway-install install --skip-check clock',
    ]);
    expect(waysOf('--skip-check clock.', { host: {} })).toEqual([
      'Here: Stop here, then factsway-install install --answers /srv/answers.yaml --skip-check clock',
    ]);
  });

  it('may be none', () => {
    expect(waysOf('Start Docker: sudo systemctl start docker')).toEqual([]);
  });
});
