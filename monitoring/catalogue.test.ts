import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../installer/src/catalog/services/index.generated.ts';
import { ALERTS } from './alerts/index.ts';
import { hollowTests, orphans } from './checks/orphans.ts';
import { metricsOfQuery, problemsOfQuery } from './checks/queries.ts';
import { DEPLOYMENTS } from './dashboards/annotations.ts';
import { DASHBOARDS } from './dashboards/index.ts';
import { panelsOf } from './dashboards/shape.ts';
import { substituted } from './dashboards/substitute.ts';
import { METRICS } from './metrics/index.ts';
import type { MonitoringContext } from './model.ts';
import { RECORDINGS } from './recordings.ts';
import { alertGroups } from './rules.ts';
import { SERVICE_JOBS } from './selectors.ts';
import { RULE_TESTS } from './tests/index.ts';

const RUNBOOKS = readdirSync(join(import.meta.dirname, '../docs/runbooks'))
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => file.slice(0, -'.md'.length));
const CONTEXT: MonitoringContext = {
  services: SERVICES.map(({ name }) => name),
  publicUrl: 'https://factsway.example.com',
  grafana: true,
  tls: 'provided',
  externalDatabase: false,
  backups: true,
  mirror: true,
  host: true,
};
/** Every alert there is, whatever platform it belongs to. */
const EVERYWHERE = ALERTS.map(({ appliesTo: _, ...alert }) => alert);
const RULES = alertGroups(CONTEXT, EVERYWHERE).flatMap(({ rules }) => rules);

describe('the catalogue of alerts', () => {
  it('has a test and a runbook for each, and nothing that belongs to none', () => {
    expect(orphans(ALERTS, RULE_TESTS, RUNBOOKS)).toEqual([]);
  });

  it('has tests that can fail', () => {
    expect(hollowTests(RULE_TESTS)).toEqual([]);
  });

  it.each(RULES.map(({ name, expr }) => [name, expr]))(
    '%s asks for nothing that nobody exposes',
    (_, expr) => {
      expect(problemsOfQuery(expr, METRICS)).toEqual([]);
    },
  );

  it.each(RECORDINGS.flatMap(({ rules }) => rules).map(({ record, expr }) => [record, expr]))(
    '%s is made of what somebody exposes',
    (_, expr) => {
      expect(problemsOfQuery(expr, METRICS)).toEqual([]);
    },
  );

  it('says in each what is wrong, with the value or the place', () => {
    const silent = RULES.filter(({ annotations, labels, name }) => {
      const text = `${annotations['summary']} ${annotations['description']}`;
      return name !== 'Watchdog' && labels['severity'] !== 'none' && text.length < 60;
    });
    expect(silent).toEqual([]);
    expect(RULES.map(({ annotations }) => annotations['runbook_url'])).toEqual(
      RULES.map(({ name }) => `https://factsway.example.com/runbooks/${name}.html`),
    );
  });

  it('pages for every service that is down, fails or is slow (invariant 4)', () => {
    const critical = RULES.filter(({ labels }) => labels['severity'] === 'critical').map(
      ({ name }) => name,
    );
    expect(critical).toEqual(
      expect.arrayContaining(['ServiceDown', 'HighErrorRate', 'VerySlowResponseTime']),
    );
  });

  it('leaves out what a platform cannot have, and links to a Grafana only where there is one', () => {
    const inside = alertGroups({
      ...CONTEXT,
      tls: 'internal',
      backups: false,
      mirror: false,
      grafana: false,
    });
    const names = inside.flatMap(({ rules }) => rules.map(({ name }) => name));
    expect(names).toContain('CertificateNotRenewed');
    expect(names).not.toContain('CertificateExpiresIn30Days');
    expect(names).not.toContain('BackupMissing');
    expect(names.filter((name) => name.startsWith('Mirror'))).toEqual([]);
    expect(inside[0]?.rules[0]?.annotations).not.toHaveProperty('dashboard_url');
  });
});

describe('what keeps alerts back', () => {
  const silentWithout = (cause: string): string[] =>
    RULES.filter(({ labels }) => labels[`needs_${cause}`] === 'true').map(({ name }) => name);

  it('is never a full disk for a page: it lasts for days, and outages happen meanwhile', () => {
    const pages = RULES.filter(({ labels }) => labels['severity'] === 'critical');
    expect(pages.filter(({ labels }) => labels['needs_host'] === 'true')).toEqual([]);
  });

  it('is the database for all that services do without it, and for nothing that says so', () => {
    expect(silentWithout('database')).toEqual(
      expect.arrayContaining([
        'ServiceUnhealthy',
        'HighErrorRate',
        'ElevatedErrorRate',
        'DatabaseConnectionErrors',
        'VerySlowResponseTime',
        'SlowResponseTime',
        'DatabasePoolExhausted',
        'PostgresConnectionsNearLimit',
        'PostgresLongTransaction',
      ]),
    );
    for (const name of ['PostgresDown', 'ServiceDown', 'EdgeDown', 'DiskFull', 'BackupMissing'])
      expect(silentWithout('database')).not.toContain(name);
  });

  it('is an outage that is over for every page that looks back over a window', () => {
    const back = RULES.filter(
      ({ expr, labels }) =>
        labels['severity'] === 'critical' &&
        /^\(?(service:http|sum by \(service\)|slo:)/.test(expr),
    );
    expect(back.length).toBeGreaterThan(4);
    for (const { name, expr } of back) expect(expr, name).toContain('database:answered:min');
  });
});

describe('the catalogue of metrics', () => {
  it('names each once', () => {
    const names = METRICS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });

  it('holds none that no rule and no panel reads', () => {
    const panels = Object.values(DASHBOARDS).flatMap((dashboard) =>
      panelsOf(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr)),
    );
    const queries = [
      ...RULES.map(({ expr }) => expr),
      ...RECORDINGS.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...[...panels, DEPLOYMENTS].map((query) => substituted(query, { service: 'a' })),
    ];
    const read = new Set(queries.flatMap((query) => metricsOfQuery(query, METRICS)));
    expect(METRICS.map(({ name }) => name).filter((name) => !read.has(name))).toEqual([]);
  });
});

describe('an orphan', () => {
  const [test] = RULE_TESTS.slice(0, 1);
  if (test === undefined) throw new Error('there is no test');
  const alert = { name: test.alert };

  it.each([
    [orphans([alert], [], [alert.name]), 'The alert ServiceDown has no test'],
    [orphans([alert], [test], []), 'write docs/runbooks/ServiceDown.md'],
    [orphans([], [test], []), 'There is a test for ServiceDown, and no such alert.'],
    [orphans([], [], ['Old']), 'docs/runbooks/Old.md is the runbook of no alert.'],
    [orphans([alert, alert], [test], [alert.name]), 'ServiceDown is in the catalogue twice'],
    [orphans([alert], [test, test], [alert.name]), 'ServiceDown has two tests'],
  ])('is told in a sentence that names it', (findings, sentence) => {
    expect(findings.join('\n')).toContain(sentence);
  });

  it('of a metric that was taken out of the catalogue is named with it', () => {
    const without = METRICS.filter(({ name }) => name !== 'pg_up');
    expect(problemsOfQuery('pg_up == 0', without)).toEqual(['nobody exposes pg_up']);
  });

  it('may be a test that proves nothing', () => {
    expect(hollowTests([{ ...test, below: [] }])).toHaveLength(1);
    expect(hollowTests([{ ...test, fires: { ...test.fires, with: [] } }])).toHaveLength(1);
    expect(
      hollowTests([{ ...test, resolves: { ...test.resolves, quietAt: test.resolves.at } }]),
    ).toHaveLength(1);
  });
});

describe('the selector of services', () => {
  const pattern = new RegExp(`^(?:${/"(.+)"/.exec(SERVICE_JOBS)?.[1] ?? ''})$`);

  it('matches every service and nothing else that is scraped', () => {
    expect(SERVICES.filter(({ name }) => !pattern.test(name))).toEqual([]);
    const others = ['edge', 'node', 'postgres', 'blackbox', 'probe', 'prometheus', 'alertmanager'];
    expect(others.filter((job) => pattern.test(job))).toEqual([]);
  });
});
