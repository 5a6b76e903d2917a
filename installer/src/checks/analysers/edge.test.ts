import { describe, expect, it } from 'vitest';
import type { PageAnswer } from '../facts.ts';
import { analyseEdge } from './edge.ts';

const SERVED: PageAnswer = { status: 200, contentType: 'text/html; charset=utf-8', error: '' };

describe('the certificate at the front door', () => {
  const shown = (daysLeft: number, asGiven = true) =>
    analyseEdge({
      url: 'https://a.example',
      routes: [],
      runbooks: SERVED,
      certificate: { daysLeft, asGiven },
    });

  it.each([
    [90, true, 'pass', '90 days left'],
    [14, true, 'pass', '14 days left'],
    [13, true, 'warn', 'ends in 13 days'],
    [1, true, 'warn', 'ends in 1 day'],
    [90, false, 'fail', 'another certificate than the one that was brought in'],
  ])('%i days left, as given: %s: %s', (daysLeft, asGiven, status, found) => {
    expect(shown(daysLeft, asGiven)).toMatchObject({ status });
    expect(shown(daysLeft, asGiven).found).toContain(found);
  });
});

describe('public routes', () => {
  const edge = (status: number, error = '', runbooks: PageAnswer = SERVED) =>
    analyseEdge({
      url: 'https://a.b',
      runbooks,
      routes: [
        { route: '/api/cases', service: 'records-service', status: 200, error: '' },
        { route: '/api/facts', service: 'facts-service', status, error },
      ],
    });

  it.each([200, 204, 301, 400, 401, 403, 405, 429])('%i comes from the service', (status) => {
    expect(edge(status)).toMatchObject({
      status: 'pass',
      found: '2 public routes answer at https://a.b, certificate checked',
    });
  });

  it.each([404, 500, 502, 503])('%i does not', (status) => {
    expect(edge(status)).toMatchObject({
      status: 'fail',
      found: '1 of 2 public routes do not answer at https://a.b',
      details: [`/api/facts (facts-service): answers ${status}`],
    });
  });

  it('a connection that fails says why', () => {
    expect(edge(0, 'certificate has expired').details).toEqual([
      '/api/facts (facts-service): certificate has expired',
    ]);
  });

  it('plain HTTP claims no certificate', () => {
    expect(analyseEdge({ url: 'http://a.b', routes: [], runbooks: SERVED }).found).not.toContain(
      'certificate',
    );
  });

  it.each<[Partial<PageAnswer>, string]>([
    [{ status: 404, contentType: 'application/json' }, '/runbooks/: answers 404'],
    [{ contentType: 'application/json' }, '/runbooks/: is application/json and not text/html'],
    [{ contentType: '' }, '/runbooks/: is of no type and not text/html'],
    [{ status: 0, error: 'no answer within 5000 ms' }, '/runbooks/: no answer within 5000 ms'],
  ])('runbooks that are not there fail the gate (%o)', (change, finding) => {
    const result = edge(200, '', { ...SERVED, ...change });
    expect(result).toMatchObject({ status: 'fail', details: [finding] });
    expect(result.remedy).toContain('factsway-install up');
  });

  it('both are told where nothing answers', () => {
    const away = { status: 0, contentType: '', error: 'refused' };
    expect(edge(0, 'refused', away).details).toEqual([
      '/api/facts (facts-service): refused',
      '/runbooks/: refused',
    ]);
  });
});
