import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../test/fakes/builders.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import { carryOver } from './carry-over.ts';

const workloads = catalogWith().workloads.filter(({ component }) => component !== 'node-exporter');
const of = (component: string, override: string): Workload => {
  const workload = workloads.find((one) => one.component === component);
  if (!workload) throw new Error(component);
  return carryOver(override, workloads, '1.0.0').change(workload);
};
const service = (name: string, lines: string): string =>
  `services:\n  ${name}:\n${lines.replaceAll(/^/gm, '    ')}\n`;
const lostOf = (override: string): string[] =>
  carryOver(override, workloads, '1.0.0').lost.map(({ what, because }) => `${what}: ${because}`);

describe('what an override changes', () => {
  it('is nothing where there is none, or an empty one', () => {
    for (const text of [undefined, 'services: {}\n', '', '# nothing\n']) {
      const { carried, lost, change } = carryOver(text, workloads, '1.0.0');
      expect([carried, lost]).toEqual([[], []]);
      expect(workloads.map(change)).toEqual(workloads);
    }
  });

  it.each([
    ['image: mirror.example/p:1', { image: 'mirror.example/p:1' }],
    [
      'memswap_limit: 1g\nmem_limit: 1g',
      { memory: { value: 1024 ** 3, because: 'compose.override.yaml' } },
    ],
    ['command: [a, b]', { command: ['a', 'b'] }],
    ['entrypoint: [x]', { entrypoint: ['x'] }],
    ['mem_limit: 1g', { memory: { value: 1024 ** 3, because: 'compose.override.yaml' } }],
    ['mem_limit: 16777216', { memory: { value: 16777216, because: 'compose.override.yaml' } }],
    ['cpus: 1.5', { cpus: { value: 1.5, because: 'compose.override.yaml' } }],
    [
      'deploy: { resources: { limits: { memory: 512m, cpus: "2" } } }',
      {
        memory: { value: 512 * 1024 ** 2, because: 'compose.override.yaml' },
        cpus: { value: 2, because: 'compose.override.yaml' },
      },
    ],
    ['shm_size: 64m', { shmBytes: 64 * 1024 ** 2 }],
    ['stop_grace_period: 1m30s', { stopGraceSeconds: 90 }],
  ])('%s is carried over', (line, expected) => {
    const override = service('prometheus', line);
    expect(of('prometheus', override)).toMatchObject(expected);
    expect(lostOf(override)).toEqual([]);
  });

  it('adds to the environment, in both notations, and keeps what is there', () => {
    for (const text of ['environment: { TZ: UTC, A: "1" }', 'environment: ["TZ=UTC", "A=1"]'])
      expect(of('postgres', service('postgres', text)).environment).toMatchObject({
        TZ: 'UTC',
        A: '1',
        POSTGRES_USER: 'postgres',
      });
  });

  it('keeps the shell of a health check that has one', () => {
    const shell = ['/bin/sh', '-c', 'a && b'];
    expect(
      of('edge', service('edge', 'healthcheck: { test: [CMD-SHELL, a && b] }')).health?.argv,
    ).toEqual(shell);
    expect(
      of('edge', service('edge', 'healthcheck: { test: a && b, interval: 1m }')).health,
    ).toMatchObject({
      argv: shell,
      intervalSeconds: 60,
      retries: 3,
    });
  });

  it.each([
    'GF_AUTH_GENERIC_OAUTH_CLIENT_ID: factsway',
    'GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer',
    'POSTGRES_HOST_AUTH_METHOD: scram-sha-256',
    'POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256',
    'MAX_TOKENS: "1000"',
    'PASSWORD_MIN_LENGTH: 12',
    'TLS_KEY: /etc/tls/server.key',
    'DB_PASSWORD_FILE: /run/secrets/x',
    'BYPASS: /x',
    'JWT_PUBLIC_KEY: abc',
    'UPSTREAM: http://host:3000/a',
    'JAVA_OPTS: -Xmx512m -Dfile.encoding=UTF-8',
    'REQUIRE_PASSWORD: "true"',
  ])('is a setting and no secret: %s', (line) => {
    const text = service(
      'edge',
      `environment: { ${line
        .replace(/: (.*)$/, ": '$1'")
        .replace(`'"`, '"')
        .replace(`"'`, '"')} }`,
    );
    expect(lostOf(text)).toEqual([]);
  });

  it.each(['[postgres, -c, password_encryption=scram-sha-256]', '[run, --user, "1000:1000"]'])(
    'is a command without a secret: %s',
    (command) => {
      expect(lostOf(service('edge', `command: ${command}`))).toEqual([]);
    },
  );

  it('keeps the variables beside one that is refused', () => {
    const text = service('edge', 'environment: { THEME: dark, API_TOKEN: abc123 }');
    expect(lostOf(text)).toEqual([
      expect.stringMatching(/^services\.edge\.environment\.API_TOKEN: /),
    ]);
    expect(of('edge', text).environment).toMatchObject({ THEME: 'dark' });
    expect(of('edge', text).environment).not.toHaveProperty('API_TOKEN');
    expect(load(carryOver(text, workloads, '1.0.0').rest)).toEqual({
      services: { edge: { environment: { THEME: 'dark' } } },
    });
  });

  it('is nothing where a key says nothing', () => {
    expect(lostOf(service('edge', 'environment:\nports: []\npids_limit:'))).toEqual([]);
  });

  it('is of a service in whichever slot', () => {
    const text = service('facts-service-b', 'cpus: 3');
    expect(of('facts-service', text).cpus.value).toBe(3);
    expect(of('records-service', text).cpus.value).not.toBe(3);
  });
});

describe('what is not carried over', () => {
  it.each([
    ['ports: ["1:1"]', 'services.edge.ports: what a cluster opens'],
    ['volumes: ["./a:/a"]', 'services.edge.volumes: a directory of this host'],
    ['command: a b', 'services.edge.command: the command has to be a list'],
    ['environment: { A: "${B}" }', 'services.edge.environment: it holds a variable'],
    ['environment: { A: null }', 'services.edge.environment: a variable without a value'],
    ['environment: [A]', 'services.edge.environment: a variable without a value'],
    ['environment: { API_TOKEN: abc123def456 }', 'API_TOKEN looks like a secret'],
    ['environment: { U: "http://me:word@x/" }', 'U looks like a secret'],
    ['labels: { a: b }', 'services.edge.labels: Kubernetes has it elsewhere'],
    ['healthcheck: { disable: true }', 'services.edge.healthcheck: disable has no counterpart'],
    ['deploy: { replicas: 2 }', 'services.edge.deploy: of deploy only'],
    ['pids_limit: 5', 'services.edge.pids_limit: a limit of processes'],
    ['mem_limit: lots', 'services.edge.mem_limit: it is no size'],
    ['restart: "no"', 'services.edge.restart: a pod is always made again'],
    ['memswap_limit: 8g', 'services.edge.memswap_limit: there is no swap'],
    ['environment: "A=b"', 'services.edge.environment: it is neither a mapping nor a list'],
    ['environment: [1, 2]', 'services.edge.environment: not every line of it is a text'],
    ['environment: { A: 2020-01-01 }', 'what A is without quotes, programs read differently'],
    ['environment: { A: 12345678901234567890 }', 'what A is without quotes'],
    ['environment: { A: 0644 }', 'what A is without quotes'],
    ['environment: { A: .inf }', 'what A is without quotes'],
    ['environment: { A: 1.0 }', 'what A is without quotes'],
    ['healthcheck: nonsense', 'services.edge.healthcheck: it is no mapping'],
    ['healthcheck: { retries: 0 }', 'retries is no number of at least 1'],
    ['healthcheck: { retries: -4 }', 'retries is no number of at least 1'],
    ['healthcheck: { test: "" }', 'test has to be a list'],
    ['cpus: .inf', 'services.edge.cpus: it is no number of cores'],
    ['cpus: 9999999999999999999999', 'services.edge.cpus: it is no number of cores'],
    ['mem_limit: 0', 'less than 6 MiB'],
    ['mem_limit: 1k', 'less than 6 MiB'],
    ['shm_size: 1b', 'it is no size of at least 1 MiB'],
    ['image: ""', 'it must be an image reference'],
    ['image: "evil\\nplanted: x"', 'it must be an image reference'],
    ['image: mirror.example/p', 'it must name a version'],
    ['command: [serve, --api-token=hunter2]', 'api-token looks like a secret'],
    ['command: [serve, --api-token, hunter2]', 'api-token looks like a secret'],
    ['entrypoint: [/bin/sh, -c, PGPASSWORD=hunter2 exec x]', 'PGPASSWORD looks like a secret'],
    [
      'healthcheck: { test: [CMD-SHELL, "curl -u admin:hunter2 x"] }',
      'a login looks like a secret',
    ],
    ['environment: { password: hunter2 }', 'password looks like a secret'],
    ['environment: { apiToken: hunter2 }', 'apiToken looks like a secret'],
    ['environment: { STRIPE_KEY_LIVE: hunter2 }', 'STRIPE_KEY_LIVE looks like a secret'],
    ['environment: { DATABASE_CREDS: hunter2 }', 'DATABASE_CREDS looks like a secret'],
    ['environment: { A: sk_live_hunter2 }', 'A looks like a secret'],
    ['environment: { DB_PASSWORD1: hunter2 }', 'DB_PASSWORD1 looks like a secret'],
    ['environment: { SMTPPWD: hunter2 }', 'SMTPPWD looks like a secret'],
    ['environment: { ENCRYPTIONKEY: hunter2 }', 'ENCRYPTIONKEY looks like a secret'],
    ['environment: { PUBLIC_API_TOKEN: hunter2 }', 'PUBLIC_API_TOKEN looks like a secret'],
    [`environment: { A: '{"password":"hunter2"}' }`, 'A looks like a secret'],
    ['environment: { A: "x-api-key: hunter2" }', 'A looks like a secret'],
    ['environment: { A: authorization=Bearer hunter2 }', 'A looks like a secret'],
    ['environment: { A: "https://x/?access_token=hunter2" }', 'A looks like a secret'],
    ['environment: { A: "https://hooks.slack.com/services/hunter2" }', 'A looks like a secret'],
    ['environment: { A: "https://hunter2@x" }', 'A looks like a secret'],
    ['environment: { A: "user:hunter2@proxy:3128" }', 'A looks like a secret'],
    ['environment: { A: "postgres://u:hun/hunter2@h" }', 'A looks like a secret'],
    ['environment: { A: glpat-hunter2 }', 'A looks like a secret'],
    ['command: [x, --password, -hunter2]', 'password looks like a secret'],
    ['command: [mysql, -phunter2]', 'a password of a client looks like a secret'],
    ['command: [redis-cli, -a, hunter2]', 'a password of a client looks like a secret'],
    ['command: [curl, -su, "a:hunter2"]', 'a login looks like a secret'],
    ['command: [curl, -H, "Authorization: Bearer hunter2"]', 'Authorization looks like a secret'],
    ['command: [wget, --header, "X-Api-Key: hunter2"]', 'X-Api-Key looks like a secret'],
    ['environment: { 1X: a }', '1X: no cluster takes a name like that'],
    ['environment: ["=x"]', 'no cluster takes a name like that'],
    ['mem_limit: 7000001', 'it is no whole number of MiB'],
    ['cpus: 0.0015', 'it is no number of cores'],
    ['cpus: [2]', 'it is no number of cores'],
    ['mem_limit: [1g]', 'it is no size'],
    ['command: []', 'an empty list is that of the image'],
    ['stop_grace_period: 2000000000s', 'it is no duration of a day at most'],
    ['healthcheck: { constructor: 1s }', 'constructor has no counterpart'],
    ['environment: { JAVA_OPTS: "-Dx.password=hunter2" }', 'JAVA_OPTS looks like a secret'],
  ])('%s is named, and changes nothing', (line, expected) => {
    const text = service('edge', line);
    expect(lostOf(text)).toEqual([expect.stringContaining(expected)]);
    expect(lostOf(text).join()).not.toContain('hunter2');
    expect(of('edge', text)).toEqual(workloads.find(({ component }) => component === 'edge'));
  });

  it('is a service of your own, one that no cluster has, and whatever is not a service', () => {
    expect(
      lostOf('services: { mine: { image: x }, node-exporter: { cpus: 1 } }\nvolumes: { v: {} }'),
    ).toEqual([
      'volumes: only services are carried over',
      'services.mine: it is a service of your own',
      expect.stringContaining('services.node-exporter: '),
    ]);
  });

  it.each([
    ['healthcheck: { interval: 1m }', 'nobody asks how it is'],
    ['restart: always', 'a Job makes another pod'],
    ['command: [/bin/sh, -c, node migrate up]', 'services ask the same program'],
    [
      'image: mirror.example/migrations:1.0.1',
      'it is 1.0.1, and all services are of release 1.0.0',
    ],
    [`image: mirror.example/m@sha256:${'a'.repeat(64)}`, 'name it as NAME:1.0.0@sha256:…'],
  ])('%s of what runs once, or of a release, is none', (line, expected) => {
    expect(lostOf(service('migrations-a', line))).toEqual([expect.stringContaining(expected)]);
  });

  it('is one of two slots that say different things', () => {
    const text = `${service('facts-service-a', 'cpus: 1')}  facts-service-b:\n    cpus: 2\n`;
    expect(lostOf(text)).toEqual([
      'services.facts-service-b.cpus: the other slot of this service says something else',
    ]);
    expect(of('facts-service', text).cpus.value).toBe(1);
  });

  it.each([
    ['[a, b]', 'the whole file: it is no mapping'],
    ['just text', 'the whole file: it is no mapping'],
    ['services: [edge]', 'services: it is no mapping'],
    ['services: { edge: [1, 2] }', 'services.edge: it is no mapping'],
    ['services: &s\n  edge: *s\n', 'services.edge: an anchor in it leads back to it'],
  ])('%s is said to be what it is', (text, expected) => {
    expect(lostOf(text)).toEqual([expected]);
  });

  it('is nothing that Compose itself does not read', () => {
    const text = `version: "3"\nx-common: &c { cpus: 2 }\n${service('edge', '<<: *c\nx-note: mine')}`;
    expect(lostOf(text)).toEqual([]);
    expect(of('edge', text).cpus.value).toBe(2);
  });

  it('leaves an override that says what was carried over and nothing else', () => {
    const { rest } = carryOver(
      service('edge', 'cpus: 2\nports: ["1:1"]\nenvironment: { A: "1" }'),
      workloads,
      '1.0.0',
    );
    expect(load(rest)).toEqual({ services: { edge: { cpus: 2, environment: { A: '1' } } } });
  });

  it('is all of a file with the tags of Compose', () => {
    expect(lostOf(service('edge', 'ports: !reset []'))).toEqual([
      'the whole file: it is more than plain YAML',
    ]);
  });
});
