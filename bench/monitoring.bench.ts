import { execa } from 'execa';
import { dump, load } from 'js-yaml';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildCatalog } from '../installer/src/catalog/catalog.ts';
import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import { renderBundle } from '../installer/src/render/render-bundle.ts';
import { createMetrics } from '../services/shared-utils/src/metrics.ts';
import { configWith, ENGINE } from '../test/fakes/builders.ts';
import { hostForContainers } from '../test/scenarios/support/forward-proxy.ts';
import { milliseconds, type Row } from './lib/rows.ts';

const SERVICES = 64;
const LIMIT_MS = 1000;
const PROMETHEUS = 'factsway/prometheus:debian-13';
const CONTAINER = 'factsway-bench-prometheus';
/** Until every group has had its round, those of two minutes as well, and every window of five minutes has something in it. */
const WARM_UP_MS = 150_000;
const HISTORY_DAYS = 30;

type Scrape = {
  job_name: string;
  metrics_path?: string;
  static_configs: { targets: string[]; labels: Record<string, string> }[];
};

/** One round of all rules of a platform of 64 services, in a real Prometheus that scrapes the series of 64. */
export async function monitoringRows(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'factsway-bench-'));
  const host = await hostForContainers();
  const { server, port } = await services(host);
  try {
    await writeRules(directory, `${host}:${port}`);
    await execa('docker', ['rm', '--force', CONTAINER], { reject: false });
    const volumes = [`${directory}:/etc/prometheus:ro`, `${directory}/data:/data`].flatMap(
      (volume) => ['--volume', volume],
    );
    await writeHistory(directory);
    await execa('docker', [
      ...['run', '--rm', '--network', 'none', ...volumes, PROMETHEUS],
      ...['promtool', 'tsdb', 'create-blocks-from', 'openmetrics'],
      ...['/etc/prometheus/history.txt', '/data'],
    ]);
    await execa('docker', [
      ...['run', '--detach', '--name', CONTAINER, '--publish', '127.0.0.1::9090'],
      ...volumes,
      ...[PROMETHEUS, 'prometheus', '--config.file=/etc/prometheus/prometheus.yml'],
      ...['--storage.tsdb.path=/data', `--storage.tsdb.retention.time=${HISTORY_DAYS + 1}d`],
    ]);
    const { stdout } = await execa('docker', ['port', CONTAINER, '9090']);
    await sleep(WARM_UP_MS);
    return [row(await durations(`http://${stdout.trim()}`))];
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', CONTAINER], { reject: false });
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function row(groups: Readonly<Record<string, number>>): Row {
  const total = Object.values(groups).reduce((sum, seconds) => sum + seconds, 0) * 1000;
  return {
    what: `one round of all rules, ${SERVICES} services, ${HISTORY_DAYS} days of the objective behind them`,
    measured: milliseconds(total),
    against: '',
    target: '< 1 s',
    // A group that took no time at all has not had its round.
    met:
      total < LIMIT_MS &&
      Object.keys(groups).length > 0 &&
      Object.values(groups).every((seconds) => seconds > 0),
    details: groups,
  };
}

/** Requests of thirty days as they are recorded, and an hour in which every service answered: OpenMetrics. */
async function writeHistory(directory: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const series = (name: string, seconds: number, step: number, lines: (at: number) => string[]) => [
    `# TYPE ${name} gauge`,
    ...Array.from({ length: Math.floor(seconds / step) }, (_, n) => n).flatMap((n) =>
      lines(now - seconds + n * step),
    ),
  ];
  const recorded = (name: string, value: number): string[] =>
    series(name, HISTORY_DAYS * 86_400, 30, (at) => [`${name} ${value} ${at}`]);
  const answered = series('up', 3600, 15, (at) =>
    entries.map(
      ({ name }) => `up{job="${name}",instance="history",service="${name}",slot="a"} 1 ${at}`,
    ),
  );
  const text = [
    ...recorded('platform:http_requests:rate5m', 4),
    ...recorded('platform:http_errors:rate5m', 0.0001),
    ...answered,
    '# EOF',
  ];
  await writeFile(join(directory, 'history.txt'), `${text.join('\n')}\n`, { mode: 0o644 });
  await mkdir(join(directory, 'data'));
  await chmod(join(directory, 'data'), 0o777);
}

/** Seconds of the last round, by group. */
async function durations(prometheus: string): Promise<Record<string, number>> {
  const query = encodeURIComponent('prometheus_rule_group_last_duration_seconds');
  type Answer = { data: { result: { metric: { rule_group: string }; value: [number, string] }[] } };
  const answer = (await (
    await fetch(`${prometheus}/api/v1/query?query=${query}`)
  ).json()) as Answer;
  return Object.fromEntries(
    answer.data.result.map(({ metric, value }) => [
      metric.rule_group.replace(/^.*;/, ''),
      Number(value[1]),
    ]),
  );
}

const entries = Array.from({ length: SERVICES }, (_, index): ServiceEntry => ({
  name: `bench${index}-service`,
  shortName: `bench${index}`,
  port: 4000 + index,
  routes: [`/api/bench${index}`],
  purpose: 'measured',
  memoryWeight: 1,
}));

/** What is rendered for 64 services, with every service's address replaced by that of the stand-in. */
async function writeRules(directory: string, address: string): Promise<void> {
  await chmod(directory, 0o755);
  const config = configWith({ images: { source: 'debian' } });
  const { files } = renderBundle(buildCatalog(config, ['a'], entries), ENGINE);
  const prefix = 'config/prometheus/';
  for (const { path, content } of files.filter((file) => file.path.startsWith(prefix))) {
    const target = join(directory, path.slice(prefix.length));
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    const text = path.endsWith('/prometheus.yml') ? elsewhere(content, address) : content;
    await writeFile(target, text, { mode: 0o644 });
  }
}

function elsewhere(text: string, address: string): string {
  const config = load(text) as { scrape_configs: Scrape[]; alerting?: unknown };
  delete config.alerting;
  config.scrape_configs = config.scrape_configs
    .filter(({ job_name }) => job_name.endsWith('-service') || job_name === 'prometheus')
    .map((scrape) =>
      scrape.job_name === 'prometheus'
        ? scrape
        : {
            ...scrape,
            metrics_path: `/${scrape.job_name}`,
            static_configs: scrape.static_configs.map((one) => ({ ...one, targets: [address] })),
          },
    );
  return dump(config);
}

/** Answers for every service with what the library of the services shows, routes and queries declared as theirs are. */
async function services(host: string): Promise<{ server: Server; port: number }> {
  const shown = new Map<string, ReturnType<typeof createMetrics>>(
    entries.map(({ name, routes }) => {
      const metrics = createMetrics(name, '1.0.0');
      for (const route of routes)
        for (const endpoint of [route, `${route}/:id`])
          for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
            metrics.declareRoute(method, endpoint, [200, 201, 204, 400, 404, 409, 413, 500, 503]);
      metrics.declareQueries(['list', 'read', 'create', 'update', 'delete', 'count']);
      metrics.trackPool({ totalCount: 1, idleCount: 1, waitingCount: 0 }, 10);
      return [`/${name}`, metrics] as const;
    }),
  );
  const server = createServer((request, response) => {
    const metrics = shown.get(request.url ?? '');
    if (!metrics) return void response.writeHead(404).end();
    void metrics.registry.metrics().then((text) => {
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
