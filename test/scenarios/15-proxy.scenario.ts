import { execa } from 'execa';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse, parseDocument, stringify } from 'yaml';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { GATES } from '../../installer/src/checks/gates.ts';
import { AcmeServer } from './support/acme-server.ts';
import { Authority } from './support/certificates.ts';
import { cli, ROOT, type JsonDocument } from './support/cli.ts';
import { containerId, containersOf, docker, until } from './support/docker.ts';
import { ForwardProxy } from './support/forward-proxy.ts';
import { throughEdge, type Answer } from './support/http.ts';
import { Instance } from './support/instance.ts';

const FIRM = new Instance('factsway-proxy', 26_180);
const NAME = 'factsway.example.com';
const AUTHORITY = 'acme.firm.test';
const HOOK = 'http://hooks.firm.test/alert';
const WORK = join(ROOT, 'build/scenarios/proxy');
/** Who speaks to the world outside with edge.tls.mode acme. */
const outward = (slot: 'a' | 'b'): string[] =>
  ['alertmanager', 'edge', ...SERVICES.map(({ name }) => `${name}-${slot}`)].sort();

/** Asked above with the root of this test, which no server trusts by itself. */
const NOT_ASKED = new Set(['edge']);

const authority = new Authority(join(WORK, 'authority'));
const acme = new AcmeServer(authority, AUTHORITY);
const proxy = new ForwardProxy();
let started: JsonDocument & { exitCode: number };

const settings = () => ({
  'host.name': NAME,
  'edge.tls.mode': 'acme',
  'edge.tls.email': 'admin@example.com',
  'edge.tls.acmeDirectory': acme.directory,
  'network.proxy.http': proxy.url,
  'network.proxy.https': proxy.url,
});
const through = (path: string): Promise<Answer> =>
  throughEdge(`https://${NAME}:${FIRM.ports.https}${path}`, authority.rootFile, {
    at: '127.0.0.1',
  });
/** Requests at the proxy that were not for the authority: it may be asked again at any time. */
const others = (): string[] => proxy.log.filter((line) => line !== `CONNECT ${AUTHORITY}:443`);

async function environmentOf(service: string): Promise<Record<string, string>> {
  const format = '{{json .Config.Env}}';
  const id = await containerId(FIRM.project, service);
  const list = JSON.parse(await docker('inspect', '--format', format, id)) as string[];
  const pairs = list.map((line) => [line.split('=', 1)[0]!, line.replace(/^[^=]*=/, '')] as const);
  return Object.fromEntries(pairs.filter(([name]) => /^(https?|no|all|ftp)_proxy$/i.test(name)));
}

/** What a customer adds: trust in the authority of this test, and a receiver outside for alerts. */
async function prepareOverride(): Promise<void> {
  await mkdir(join(WORK, 'trust'), { recursive: true });
  await mkdir(join(WORK, 'alertmanager'), { recursive: true });
  await copyFile(authority.rootFile, join(WORK, 'trust/root.crt'));
  const services = {
    edge: {
      environment: { SSL_CERT_FILE: '/trust/root.crt' },
      volumes: [`${join(WORK, 'trust')}:/trust:ro`],
    },
    alertmanager: {
      command: ['--config.file=/with-receiver/alertmanager.yml', '--storage.path=/alertmanager'],
      volumes: [`${join(WORK, 'alertmanager')}:/with-receiver:ro`],
    },
  };
  await FIRM.override(stringify({ services }));
}

/** The rendered configuration of alertmanager, with a receiver that has no settings of its own for the way there. */
async function addReceiver(): Promise<void> {
  const { stderr } = await cli(['render', ...FIRM.arguments(settings())]);
  expect(stderr).not.toContain('FW-');
  const text = await readFile(FIRM.file('config/alertmanager/alertmanager.yml'), 'utf8');
  const config = parse(text) as Record<string, unknown>;
  const receivers = [{ name: 'outside', webhook_configs: [{ url: HOOK }] }];
  // By name: the sign of life that always fires would otherwise take the others into its group.
  const route = { receiver: 'outside', group_by: ['alertname'], group_wait: '1s' };
  await writeFile(
    join(WORK, 'alertmanager/alertmanager.yml'),
    stringify({ ...config, route, receivers }),
  );
}

beforeAll(async () => {
  await FIRM.remove();
  await rm(WORK, { recursive: true, force: true });
  await authority.make();
  await acme.start();
  await proxy.start();
  proxy.outside.set(`${AUTHORITY}:443`, acme.port);
  await prepareOverride();
  await addReceiver();
  started = await FIRM.runJson('up', '--yes');
});
beforeEach(() => {
  proxy.log.length = 0;
});
afterAll(async () => {
  await FIRM.keep();
  await FIRM.remove();
  acme.stop();
  await proxy.stop().catch(() => undefined);
});

it('a platform whose only way out is the proxy gets its certificate through it', async () => {
  expect([started.errors, started.exitCode]).toEqual([[], 0]);
  await until('the edge has a certificate of the authority', 60, async () =>
    through('/healthz').then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
});

it('exactly those who speak to the world outside are told of the proxy, in both cases', async () => {
  const told: string[] = [];
  for (const service of await containersOf(FIRM.project)) {
    const environment = await environmentOf(service);
    if (Object.keys(environment).length === 0) continue;
    told.push(service);
    expect(environment).toMatchObject({
      HTTP_PROXY: proxy.url,
      http_proxy: proxy.url,
      HTTPS_PROXY: proxy.url,
      https_proxy: proxy.url,
      no_proxy: environment['NO_PROXY'],
    });
  }
  expect(told.sort()).toEqual(outward('a'));
});

it('requests through the edge to every service, and between services, never come to the proxy', async () => {
  for (const { routes } of SERVICES) {
    const answers = await Promise.all(routes.map(through));
    expect(answers.map(({ status }) => status)).toEqual(routes.map(() => 200));
    for (const { body } of answers) expect(body).not.toContain('from the proxy');
  }
  const gates = GATES.map(({ name }) => name).filter((name) => !NOT_ASKED.has(name));
  const argv = gates.flatMap((name) => ['--gate', name]);
  expect((await FIRM.runJson('verify', ...argv)).errors).toEqual([]);
  // What fires by itself meanwhile goes to its receiver outside, and is meant to.
  expect(others().filter((line) => line !== `POST ${HOOK}`)).toEqual([]);
});

/**
 * Caddy 2.10 asks a function of Go for the proxy of its upstreams, and so does amtool. The 2.6 of Debian takes none
 * for them: it could not show what would happen without NO_PROXY.
 */
it('NO_PROXY, as Go reads it, is what keeps requests to the services from the proxy', async () => {
  const { NO_PROXY = '' } = await environmentOf('edge');
  const id = await containerId(FIRM.project, 'alertmanager');
  const image = await docker('inspect', '--format', '{{.Config.Image}}', id);
  const addresses = SERVICES.flatMap(({ name, port }) =>
    [`${name}-a`, `${name}-b`, name].map((host) => `http://${host}:${port}`),
  );
  const all = [...addresses, 'http://grafana:3000', `http://${NAME}`];
  const script =
    'for url; do amtool --timeout=2s --alertmanager.url="$url" alert query; done; true';
  const ask = (noProxy: string): Promise<string> => {
    const given = ['--env', `HTTP_PROXY=${proxy.url}`, '--env', `NO_PROXY=${noProxy}`];
    const on = ['--network', `${FIRM.project}_app-a`, '--entrypoint', 'sh'];
    return docker('run', '--rm', ...on, ...given, image, '-c', script, 'sh', ...all);
  };
  await ask('');
  for (const url of all)
    expect(others()).toContainEqual(expect.stringContaining(`GET ${url}/api/`) as string);
  proxy.log.length = 0;
  await ask(NO_PROXY);
  expect(others()).toEqual([]);
});

it('an alert for a receiver outside goes through the proxy, by the configuration that was rendered', async () => {
  const alertmanager = await containerId(FIRM.project, 'alertmanager');
  const path = '/etc/alertmanager/alertmanager.yml';
  expect(await docker('exec', alertmanager, 'cat', path)).toContain('proxy_from_environment: true');
  expect(await docker('exec', alertmanager, 'amtool', 'check-config', path)).toContain('SUCCESS');
  const url = `--alertmanager.url=http://localhost:9093`;
  await docker('exec', alertmanager, 'amtool', url, 'alert', 'add', 'alertname=OutsideTest');
  await until('the notification is at the proxy', 30, () =>
    Promise.resolve((proxy.bodies.get(`POST ${HOOK}`) ?? '').includes('OutsideTest')),
  );
});

it('a proxy that the docker command gives all containers does not displace ours', async () => {
  const directory = join(WORK, 'docker-config');
  await mkdir(directory, { recursive: true });
  const other = { httpProxy: 'http://other.firm.test:1', httpsProxy: 'http://other.firm.test:1' };
  const proxies = { default: { ...other, noProxy: 'nothing.firm.test' } };
  await writeFile(join(directory, 'config.json'), JSON.stringify({ proxies }));
  const of = async (service: string): Promise<string> =>
    (
      await execa(
        'docker',
        ['compose', 'run', '--rm', '--no-deps', '--entrypoint', 'env', service],
        { cwd: FIRM.directory, env: { DOCKER_CONFIG: directory }, stdin: 'ignore' },
      )
    ).stdout;
  // One that is not told of ours has the other one: the fixture works, and preflight warns of it.
  expect(await of('blackbox-exporter')).toContain('HTTP_PROXY=http://other.firm.test:1');
  const ours = await of('edge');
  expect(ours).toContain(`https_proxy=${proxy.url}`);
  expect(ours).not.toContain('other.firm.test');
  expect(ours).not.toContain('nothing.firm.test');
});

it('preflight asks the proxy: it lets through, asks for a login, is gone', async () => {
  const preflight = async (): Promise<[string, string, string[]]> => {
    const found = await FIRM.runJson('preflight', '--for', 'upgrade');
    const checks = found.result?.['checks'] as { name: string; status: string; found: string }[];
    const { status, found: text } = checks.find(({ name }) => name === 'proxy-answers')!;
    const codes = found.errors.map(({ code }) => code).filter((code) => code.includes('PROXY'));
    return [status, text, codes];
  };
  expect(await preflight()).toEqual(['pass', `${proxy.url} lets through to ${AUTHORITY}`, []]);
  proxy.asksForLogin = true;
  expect(await preflight()).toEqual([
    'fail',
    `${proxy.url} (network.proxy.https) asks for a login`,
    ['FW-PROXY-LOGIN'],
  ]);
  await proxy.stop();
  expect(await preflight()).toEqual([
    'fail',
    `${proxy.url} (network.proxy.https) cannot be reached: ECONNREFUSED`,
    ['FW-PROXY-UNREACHABLE'],
  ]);
});

it('a password in the address is refused before anything changes, and stands nowhere', async () => {
  const before = await readFile(FIRM.file('factsway.yaml'), 'utf8');
  const secret = 'http://anna:canary-71@proxy.example.com:3128';
  const { exitCode, stdout, stderr } = await cli([
    ...['up', '--yes', '--dir', FIRM.directory, '--json', '--verbose'],
    ...['--set', `network.proxy.https=${secret}`],
  ]);
  expect(await readFile(FIRM.file('factsway.yaml'), 'utf8')).toBe(before);
  expect(exitCode).toBe(2);
  expect(stdout).toContain('holds a login');
  expect(stdout + stderr).not.toContain('canary-71');
  expect(
    (await execa('grep', ['-rl', 'canary-71', FIRM.directory], { reject: false })).stdout,
  ).toBe('');
});

it('up without the proxy makes those anew that had it, and nobody else', async () => {
  const ids = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        (await containersOf(FIRM.project)).map(
          async (service) => [service, await containerId(FIRM.project, service)] as const,
        ),
      ),
    );
  const before = await ids();
  expect(await FIRM.servingSlot()).toBe('a');
  const document = parseDocument(await readFile(FIRM.file('factsway.yaml'), 'utf8'));
  document.deleteIn(['network', 'proxy']);
  await writeFile(FIRM.file('factsway.yaml'), document.toString());
  const up = await FIRM.runJson('up', '--yes');
  const after = await ids();
  // The services in the other slot, with the migrations they start after; those that served stay as they were, stopped.
  expect(Object.keys(before).filter((name) => after[name] === undefined)).toEqual([]);
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(
    [...outward('b'), 'migrations-b'].sort(),
  );
  for (const service of outward('b')) expect(await environmentOf(service)).toEqual({});
  expect((await through('/api/templates')).status).toBe(200);
  expect(up.errors).toEqual([]);
});
