import { execa } from 'execa';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRunbooks } from '../../scripts/lib/runbooks.ts';
import {
  fillMarks,
  markDefaults,
  type RunbookInstance,
} from '../../monitoring/runbooks/instance.ts';
import { ROOT } from './support/cli.ts';
import { throughEdge, type Answer } from './support/http.ts';
import { SHARED } from './support/instance.ts';

const PAGES = readdirSync(join(ROOT, 'config-templates/runbooks')).filter(
  (file) => file !== 'index.html',
);
const get = (path: string, method = 'GET'): Promise<Answer> =>
  throughEdge(`${SHARED.url}${path}`, SHARED.file('state/root-ca.crt'), { method });

describe('the runbooks at the address alerts link to', () => {
  it.each(PAGES)('%s is there', async (file) => {
    const { status, headers, body } = await get(`/runbooks/${file}`);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.replaceAll('<wbr>', '')).toContain(`<h1>${file.replace(/\.html$/, '')}</h1>`);
  });

  it('are listed by an index that links to each, and may not fetch or run anything', async () => {
    const { status, headers, body } = await get('/runbooks/');
    expect(status).toBe(200);
    for (const file of PAGES) expect(body).toContain(`href="${file}"`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('max-age=300');
  });

  it('are found without the final slash, on whatever port is published', async () => {
    const { status, headers } = await get('/runbooks');
    expect([status, headers['location']]).toEqual([308, '/runbooks/']);
  });

  it.each(['/runbooks/NoSuchAlert.html', '/runbooks/..%2fCaddyfile', '/runbooks/ServiceDown'])(
    '%s is nothing, and says so as every other path does',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type']]).toEqual([404, 'application/json']);
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'not_found' } });
      expect(headers['cache-control']).toBeUndefined();
    },
  );

  it('cannot be written to', async () => {
    expect((await get('/runbooks/ServiceDown.html', 'PUT')).status).toBe(405);
  });
});

/** What a healthy platform may answer besides 0: `diff` that something differs, the others that there is nothing. */
const ALSO_FINE: readonly (readonly [RegExp, number, said?: string])[] = [
  [/^factsway-install diff/, 3],
  [/^grep/, 1],
  // Of a platform that never was upgraded.
  [/^tail .*upgrades\.jsonl$/, 1],
  // The audit log comes with the next release; scenario 33 types it there.
  [/^factsway-install audit .*verify$/, 3, 'FW-AUDIT-MISSING'],
];
const CLI = join(ROOT, 'dist/factsway-install.js');

const INSTANCE: RunbookInstance = {
  directory: SHARED.directory,
  project: SHARED.project,
  hostName: 'localhost',
  prometheusPort: SHARED.ports.prometheus,
  alertmanagerPort: SHARED.ports.alertmanager,
  httpPort: SHARED.ports.http,
  httpsPort: SHARED.ports.https,
  database: 'factsway',
  owner: 'factsway_owner',
  monitor: 'factsway_monitor',
};
const unescape = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** A line as this installation has to show it. */
const ofThis = (line: string): string =>
  unescape(fillMarks(markDefaults(line, 'command'), INSTANCE));

/** Types one line of a runbook as it is served. */
async function tryOut(line: string): Promise<{ fine: boolean; output: string }> {
  const script = [
    'factsway-install() { "$NODE" "$CLI" "$@"; }',
    line,
    // What the first program says counts; a filter behind it may find nothing.
    'exit "${PIPESTATUS[0]}"',
  ].join('\n');
  const { exitCode, all } = await execa('bash', ['-c', script], {
    cwd: SHARED.directory,
    env: { NODE: process.execPath, CLI },
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  const alsoFine = ALSO_FINE.some(
    ([start, code, said = '']) => start.test(line) && exitCode === code && all.includes(said),
  );
  return { fine: exitCode === 0 || alsoFine, output: all };
}

describe('what runbooks have one type to find out', async () => {
  const lines = (await readRunbooks()).flatMap(({ name, lines: all }) =>
    all.filter(({ tried }) => tried).map(({ text }) => [text, name] as const),
  );

  it.each([...new Map(lines)])('%s', async (text, name) => {
    const line = ofThis(text);
    const { body } = await get(`/runbooks/${name}.html`);
    expect(unescape(body)).toContain(`<code>${line}</code>`);
    const { fine, output } = await tryOut(line);
    expect(fine, output).toBe(true);
    if (/^curl [^|]*query(_range)? /.test(line))
      expect(JSON.parse(output)).toMatchObject({ status: 'success' });
  });
});
