import { execa } from 'execa';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EDGE_PORTS } from '../../installer/src/catalog/components/edge.ts';
import { renderBundle } from '../../installer/src/render/render-bundle.ts';
import { catalogWith, ENGINE } from '../fakes/builders.ts';
import { ROOT } from './support/cli.ts';
import { docker, dockerTry, until } from './support/docker.ts';

const NAME = 'factsway-test-edge';
const PORT = 28_320;
const METRICS = 28_321;
const DIRECTORY = join(ROOT, 'build/scenarios', NAME);
/** What the objective takes for requests that failed for users. */
const COUNTED = /^caddy_http_request_errors_total\{handler="subroute",.*\} (\d+)$/gm;

async function counted(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${METRICS}/metrics`)).text();
  return [...text.matchAll(COUNTED)].reduce((sum, [, count]) => sum + Number(count), 0);
}
async function ask(path: string): Promise<{ status: number; body: string }> {
  const argv = ['-s', '-m', '20', '-w', '\n%{http_code}', `http://127.0.0.1:${PORT}${path}`];
  const { stdout } = await execa('curl', argv, { reject: false });
  const [body = '', status] = stdout.split('\n');
  return { status: Number(status), body };
}

/** The edge alone, as it is rendered with Grafana: nobody is behind it. */
beforeAll(async () => {
  await dockerTry('rm', '--force', NAME);
  const catalog = catalogWith({ images: { source: 'upstream' }, edge: { tls: { mode: 'off' } } });
  for (const { path, content } of renderBundle(catalog, ENGINE).files) {
    if (!path.startsWith('config/edge/')) continue;
    await mkdir(dirname(join(DIRECTORY, path)), { recursive: true });
    await writeFile(join(DIRECTORY, path), content);
  }
  await docker(
    ...['run', '--detach', '--name', NAME],
    ...['--publish', `127.0.0.1:${PORT}:${EDGE_PORTS.http}`],
    ...['--publish', `127.0.0.1:${METRICS}:${EDGE_PORTS.metrics}`],
    ...['/run/caddy', '/config', '/data'].flatMap((path) => ['--tmpfs', `${path}:mode=1777`]),
    ...['--volume', `${join(DIRECTORY, 'config/edge')}:/etc/caddy:ro`, 'factsway/edge:debian-13'],
    ...['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
  );
  await until('the edge answers', 30, () => ask('/healthz').then(({ status }) => status === 200));
});
afterAll(async () => {
  await dockerTry('rm', '--force', NAME);
  await rm(DIRECTORY, { recursive: true, force: true });
});

it('a request that no service could be found for counts as one that failed for users', async () => {
  const before = await counted();
  expect((await ask('/api/facts')).status).toBe(502);
  expect(await counted()).toBe(before + 1);
});

it('a Grafana that is away is told to whoever asks for it, and is no failure of the platform', async () => {
  const before = await counted();
  const { status, body } = await ask('/grafana/api/ds/query');
  expect([status, body]).toEqual([502, '{"error":{"code":"502","message":"Bad Gateway"}}']);
  expect(await counted()).toBe(before);
});
