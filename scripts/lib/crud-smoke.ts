import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parseArgs } from 'node:util';

/**
 * Creates, reads, updates and deletes one entry of each of the eight services, through the edge and
 * over TLS with the given root certificate: the path a client takes, and nothing beside it.
 *
 *   tsx scripts/lib/crud-smoke.ts --url https://localhost:8443 --ca root-ca.crt
 */
type Body = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: Body };

/** A request that takes longer than this has failed, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** What is created and the one field that is changed, by resource. Exhibits need a case to belong to. */
const ENTRIES: readonly {
  service: string;
  path: string;
  entry: (caseId: string) => Body;
  change: Body;
}[] = [
  {
    service: 'records',
    path: 'templates',
    entry: () => ({ name: 'Smoke test', category: 'motion', body: 'Ümläute & "quotes"' }),
    change: { name: 'Smoke test, changed' },
  },
  {
    service: 'ingestion',
    path: 'ingestions',
    entry: () => ({
      file_name: 'smoke.pdf',
      media_type: 'application/pdf',
      size_bytes: 1,
      sha256: '0'.repeat(64),
      status: 'received',
    }),
    change: { status: 'parsed' },
  },
  {
    service: 'export',
    path: 'exports',
    entry: () => ({ title: 'Smoke test', format: 'docx', pages: 1 }),
    change: { pages: 2 },
  },
  {
    service: 'caseblock',
    path: 'caseblocks',
    entry: () => ({ court: 'Smoke court', caption: 'A v. B', layout: 'standard' }),
    change: { layout: 'centred' },
  },
  {
    service: 'signature',
    path: 'signatures',
    entry: () => ({ signer: 'A. Smoke', firm: 'Smoke LLP', closing: 'Respectfully,' }),
    change: { firm: 'Smoke & Partners' },
  },
  {
    service: 'facts',
    path: 'facts',
    entry: () => ({ statement: 'It worked.', source: 'smoke test', disputed: false }),
    change: { disputed: true },
  },
  {
    service: 'exhibits',
    path: 'exhibits',
    entry: (caseId) => ({
      case_id: caseId,
      label: 'A',
      title: 'Smoke',
      media_type: 'image/png',
      size_bytes: 1,
    }),
    change: { label: 'B' },
  },
  {
    service: 'caselaw',
    path: 'caselaw',
    entry: () => ({ citation: `smoke ${randomUUID()}`, title: 'A v. B', court: 'Smoke court' }),
    change: { title: 'A v. C' },
  },
];

const { values } = parseArgs({ options: { url: { type: 'string' }, ca: { type: 'string' } } });
if (values.url === undefined || values.ca === undefined) {
  throw new Error('Say where: --url https://localhost:8443 --ca root-ca.crt');
}
const base = values.url;
const ca = readFileSync(values.ca);

async function call(method: string, path: string, body?: Body): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(
      `${base}${path}`,
      { method, ca, headers, timeout: TIMEOUT_MS },
      (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (received += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const parsed = received === '' ? {} : (JSON.parse(received) as Body);
          resolve({ status: response.statusCode ?? 0, body: parsed });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Sends a request and insists on the status, and on every field of `want` in the answer. */
async function expect(
  status: number,
  method: string,
  path: string,
  body?: Body,
  want: Body = {},
): Promise<Body> {
  const answer = await call(method, path, body);
  const wrong = Object.keys(want).filter((key) => answer.body[key] !== want[key]);
  if (answer.status !== status || wrong.length > 0) {
    const got = JSON.stringify(answer.body).slice(0, 400);
    throw new Error(
      `${method} ${path}: ${answer.status} instead of ${status}, ${wrong.join(', ')} ${got}`,
    );
  }
  return answer.body;
}

const created = await expect(201, 'POST', '/api/cases', {
  case_number: `smoke-${randomUUID()}`,
  title: 'Smoke test',
  court: 'Smoke court',
  status: 'open',
});
const caseId = String(created['id']);
try {
  for (const { service, path, entry, change } of ENTRIES) {
    const first = entry(caseId);
    const { id } = await expect(201, 'POST', `/api/${path}`, first, first);
    const item = `/api/${path}/${String(id)}`;
    await expect(200, 'GET', item, undefined, first);
    await expect(200, 'PUT', item, { ...first, ...change }, change);
    await expect(200, 'GET', item, undefined, { ...first, ...change });
    await expect(204, 'DELETE', item);
    await expect(404, 'GET', item);
    console.log(`    ${service}: created, read, updated, deleted`);
  }
} finally {
  await call('DELETE', `/api/cases/${caseId}`);
}
