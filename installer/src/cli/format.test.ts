import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { fail, pass } from '../model/check-result.ts';
import { describeInstance } from './describe-instance.ts';
import { formatAge, formatChecks, formatTable, hang, planAsJson } from './format.ts';

describe('checks', () => {
  const results = [pass('edge', '10 routes'), fail('metrics', '2 gaps', 'Look', ['one', 'two'])];

  it('are a line each, with findings and the next command where one failed', () => {
    expect(formatChecks(results, { color: false, columns: Infinity })).toBe(
      [
        '✓ pass  edge     10 routes',
        '✗ FAIL  metrics  2 gaps',
        '                 one',
        '                 two',
        '                 → Look',
      ].join('\n'),
    );
  });

  it('have colours only where they are wanted', () => {
    expect(formatChecks(results, { color: false, columns: Infinity })).not.toContain('\u001b');
    expect(formatChecks(results, { color: true, columns: Infinity })).toContain('\u001b');
  });
});

describe('a long line', () => {
  const text = 'The quick brown fox jumps over the lazy dog and runs on.';

  it('is wrapped at words, with its continuation under its beginning', () => {
    expect(hang(text, 4, 34)).toBe('The quick brown fox jumps over\n    the lazy dog and runs on.');
  });

  it('is left whole in a pipe and where there is no room to wrap', () => {
    expect(hang(text, 4, Infinity)).toBe(text);
    expect(hang(text, 4, 33)).toBe(text);
  });
});

describe('a table', () => {
  it('has its columns under one another and no trailing blanks', () => {
    expect(
      formatTable([
        ['a', 'bb', ''],
        ['cccc', 'd', 'e'],
      ]),
    ).toBe('a     bb\ncccc  d   e');
    expect(formatTable([])).toBe('');
  });
});

describe('an age', () => {
  const now = new Date('2026-01-10T00:00:00Z');
  it.each([
    ['2026-01-09T23:59:30Z', '30 s'],
    ['2026-01-09T23:58:00Z', '2 min'],
    ['2026-01-09T22:00:00Z', '2 h'],
    ['2026-01-08T00:00:00Z', '2 d'],
    ['2026-01-10T00:00:05Z', '0 s'],
    ['0001-01-01T00:00:00Z', ''],
    ['', ''],
  ])('since %j is %j', (since, age) => {
    expect(formatAge(since, now)).toBe(age);
  });
});

describe('a plan as JSON', () => {
  it('has every step with its cause, its dependencies and its undo', () => {
    const action = { kind: 'PullImage', reference: 'x' } as const;
    const undo = { kind: 'RemoveContainers', services: [] } as const;
    const steps = [{ id: 1, action, cause: 'why', dependsOn: [], undo }];
    expect(planAsJson({ title: 'T', steps })).toEqual({
      title: 'T',
      steps: [
        {
          id: 1,
          kind: 'PullImage',
          action: 'PullImage x',
          cause: 'why',
          dependsOn: [],
          destroys: null,
          undo: 'RemoveContainers',
        },
      ],
      text: 'T:\n  [1] PullImage x because why (undo: RemoveContainers )',
    });
  });
});

describe('the end of an installation', () => {
  it('says where everything is', () => {
    const settings = { host: { name: 'a.b' }, edge: { httpsPort: 8443, httpPort: 8080 } };
    const { facts, text } = describeInstance(catalogWith(settings), '/srv/x');
    expect(facts).toEqual({
      url: 'https://a.b:8443',
      grafana: 'https://a.b:8443/grafana/',
      prometheus: 'http://127.0.0.1:9090',
      alertmanager: 'http://127.0.0.1:9093',
      rootCertificate: '/srv/x/state/root-ca.crt',
      rootCertificateUrl: 'http://a.b:8080/factsway-root.crt',
      directory: '/srv/x',
    });
    expect(text).toContain('Next: factsway-install status');
  });

  it('names no certificate and no Grafana where there is none', () => {
    const settings = { images: { source: 'debian' }, edge: { tls: { mode: 'off' } } };
    const { facts, text } = describeInstance(catalogWith(settings), '/srv/x');
    expect(facts).toMatchObject({ grafana: null, rootCertificate: null, rootCertificateUrl: null });
    expect(text).not.toMatch(/Grafana|certificate/);
  });
});
