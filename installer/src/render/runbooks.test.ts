import { describe, expect, it } from 'vitest';
import { catalogWith, configWith, ENGINE } from '../../../test/fakes/builders.ts';
import { fillMarks } from '../../../monitoring/runbooks/instance.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { renderBundle } from './render-bundle.ts';
import { runbookInstance } from './runbook-instance.ts';

/** What each page shows of its code, as somebody copies it. */
function pagesOf(settings: object, directory?: string): Record<string, string> {
  const catalog = buildCatalog(configWith(settings), undefined, undefined, {
    ...(directory === undefined ? {} : { directory }),
  });
  const prefix = 'config/runbooks/';
  return Object.fromEntries(
    renderBundle(catalog, ENGINE)
      .files.filter(({ path }) => path.startsWith(prefix))
      .map(({ path, content }) => [path.slice(prefix.length, -'.html'.length), content]),
  );
}
const typed = (page = ''): string[] =>
  [...page.matchAll(/<code>(.*?)<\/code>/g)].map(([, code = '']) =>
    code
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  );

const OTHER = {
  project: 'firm',
  images: { source: 'debian' },
  host: { name: 'papers.firm.example' },
  edge: {
    httpPort: 8080,
    httpsPort: 8443,
    tls: { mode: 'provided', certificateFile: 'tls/own.pem', keyFile: '/srv/keys/own.key' },
  },
  monitoring: { prometheusPort: 19090, alertmanagerPort: 19093 },
  postgres: { database: 'papers' },
};

describe('the runbooks of an installation', () => {
  it('where nothing was changed are what the repository has', () => {
    const pages = pagesOf({ images: { source: 'debian' } });
    expect(typed(pages['ServiceDown'])).toEqual(
      expect.arrayContaining(['cd /opt/factsway', 'factsway-install status']),
    );
    expect(typed(pages['PostgresDown'])).toEqual(
      expect.arrayContaining([
        'docker compose logs --tail=50 postgres',
        'docker compose exec -T postgres pg_isready -h 127.0.0.1 -U postgres',
        'factsway_postgres-data',
      ]),
    );
  });

  it('name its own directory, ports, project, database, names and files', () => {
    const pages = pagesOf(OTHER, '/srv/the firm');
    const all = Object.values(pages).join('\n');
    expect(all).not.toMatch(
      /@\{|\/opt\/factsway|factsway_[a-z]+-data|-d factsway|factsway\.example\.com|\/etc\/ssl\/factsway/,
    );
    expect(all).not.toMatch(/<code>curl[^\n]*?127\.0\.0\.1:9090\//);
    expect(typed(pages['EdgeDown'])).toEqual(
      expect.arrayContaining([
        "cd '/srv/the firm'",
        "factsway-install verify --dir '/srv/the firm' --gate edge",
        "ss -ltnp 'sport = :8443 or sport = :8080'",
        // The port inside the container, which nobody chooses.
        'docker compose exec -T edge wget -q -O - http://127.0.0.1:9180/healthz',
      ]),
    );
    expect(typed(pages['PostgresDown'])).toContain('firm_postgres-data');
    expect(typed(pages['DiskWillFill']).join('\n')).toContain(
      `docker compose exec -T postgres psql -U postgres -d papers -c "select pg_size_pretty(pg_database_size('papers'))`,
    );
    expect(typed(pages['PrometheusAlertmanagerMissing'])).toContain(
      'curl -fsS http://127.0.0.1:19090/api/v1/alertmanagers',
    );
    const order = typed(pages['CertificateExpiresIn30Days']).join('\n');
    expect(order).toContain("-in '/srv/the firm/tls/own.pem'");
    expect(order).toContain('-keyout /srv/keys/server-new.key');
    expect(order).toContain('/CN=papers.firm.example ');
    expect(typed(pages['index'])).toContain('/srv/the firm');
  });

  it('speak to the PostgreSQL there is, and of no container that there is not', () => {
    const external = { host: 'db.firm.example', port: 6432, users: { owner: 'papers_owner' } };
    const pages = pagesOf({
      images: { source: 'debian' },
      postgres: { mode: 'external', database: 'papers', external },
    });
    const lines = Object.values(pages).flatMap(typed);
    expect(
      lines.filter((line) => /^docker compose \S+ (-\S+ )*postgres\b(?!-)/.test(line)),
    ).toEqual([]);
    expect(lines).toContain('pg_isready -h db.firm.example -p 6432 -U papers_owner');
    expect(lines).toContain(
      '# on db.firm.example, by other means: docker compose restart postgres',
    );
  });

  it('escape what they fill in', () => {
    const instance = runbookInstance(catalogWith());
    expect(
      fillMarks('<code>cd @{directory-word}</code>', { ...instance, directory: `/a<b>&"'c` }),
    ).toBe('<code>cd &#39;/a&lt;b&gt;&amp;&quot;&#39;\\&#39;&#39;c&#39;</code>');
    expect(() => fillMarks('@{nothing}', instance)).toThrow('@{nothing}');
  });
});
