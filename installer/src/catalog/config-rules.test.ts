import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { parseConfig } from '../config/parse-config.ts';
import { catalogRules } from './config-rules.ts';

const read = (text: string) => parseConfig(text, 'factsway.yaml', catalogRules);
const withVariable = (name: string, value: string): string =>
  `services:\n  environment:\n    ${name}: ${JSON.stringify(value)}\n`;
const refusalOf = (name: string, value: string) => errorOf(() => read(withVariable(name, value)));
const accepts = (name: string, value: string): boolean =>
  read(withVariable(name, value)).config.services.environment[name] === value;

describe('a variable of the platform contract', () => {
  const contract = new Set(
    [false, true].flatMap((passwordInEnvironment) =>
      catalogWith({ services: { passwordInEnvironment } }).workloads.flatMap((workload) =>
        workload.component.endsWith('-service') ? Object.keys(workload.environment) : [],
      ),
    ),
  );

  it.each([...contract, 'POSTGRES_PASSWORD'])('%s is refused where it stands', (name) => {
    const error = refusalOf(name, '1');
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-INVALID', 2]);
    expect(error.message).toBe(
      `factsway.yaml:3:5: services.environment.${name} belongs to the platform contract: the installer sets it for every service.`,
    );
    expect(error.hint).toMatch(/^Remove it.*Nothing was changed\.$/);
  });

  it('that a key decides is refused with that key', () => {
    expect(refusalOf('LOG_LEVEL', 'debug').hint).toContain('decided by services.logLevel.');
    expect(refusalOf('APP_VERSION', '2').hint).toContain('decided by release.version.');
  });

  it('that the installer leaves to its default may be set', () => {
    for (const name of ['POSTGRES_STATEMENT_TIMEOUT_MS', 'BODY_LIMIT_BYTES', 'PORTAL', 'TZ'])
      expect([name, accepts(name, '5')]).toEqual([name, true]);
  });

  it('is refused beside every other that is', () => {
    const error = errorOf(() =>
      read('services: { environment: { PORT: "1", A: b, API_TOKEN: c } }\n'),
    );
    expect(error.all.map(({ message }) => message.split(' ')[1])).toEqual([
      'services.environment.PORT',
      'services.environment.API_TOKEN',
    ]);
  });
});

it('nothing the schema refuses hides what the rules do', () => {
  const error = errorOf(() =>
    read(
      'host: { cores: 0, memry: 8GiB }\nimages: { source: debian, registry: a.b, overrides: { prometeus: "a:1" } }\n' +
        'services: { environment: { port: x, PORT: "1" } }\n',
    ),
  );
  expect(error.all.map(({ message }) => message.split(' ').slice(1, 3).join(' '))).toEqual([
    'unknown key',
    'host.cores must',
    'images.registry has',
    'services.environment.port must',
    'images.overrides.prometeus is',
    'services.environment.PORT belongs',
  ]);
});

describe('what looks like a secret', () => {
  it.each([
    'SMTP_PASSWORD',
    'PASS',
    'CLIENT_SECRET',
    'GITHUB_TOKEN',
    'API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'APIKEY',
    'SIGNING_KEYS',
    'CREDENTIALS',
  ])('%s is refused, and its value is not repeated', (name) => {
    const error = refusalOf(name, 'hunter2');
    expect(error.message).toContain(`services.environment.${name} looks like a secret`);
    expect(error.message).toContain('docker inspect');
    expect(error.hint).toContain(`${name}_FILE`);
    expect(error.hint).toContain('compose.override.yaml');
    expect(JSON.stringify(error.report())).not.toContain('hunter2');
  });

  it.each([
    ['SMTP_PASSWORD_FILE', '/run/secrets/smtp'],
    ['PUBLIC_KEY', 'abc'],
    ['KEYBOARD', 'de'],
    ['MAX_TOKENS', '4000'],
    ['REQUIRE_PASSWORD', 'true'],
    ['HTTPS_PROXY', 'http://proxy.example.com:3128'],
    ['MAIL', 'smtp://mail@example.com:25'],
    ['GREETING', 'the password is with the porter'],
  ])('%s=%s does not', (name, value) => {
    expect(accepts(name, value)).toBe(true);
  });

  it.each([
    ['HTTPS_PROXY', 'http://ann:hunter2@proxy.example.com:3128', 'an address with a password'],
    ['CACHE_URL', 'redis://:hunter2@cache:6379/0', 'an address with a password'],
    ['OTHER_DSN', 'host=db user=ann password=hunter2', 'a password'],
    ['OTHER_URL', 'postgres://db/x?sslmode=off&password=hunter2', 'a password'],
    ['STORE', 'AccountName=a;AccountKey=hunter2', 'a password'],
    ['CERT', '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n', 'a private key'],
  ])('%s is refused for its value', (name, value, what) => {
    const error = refusalOf(name, value);
    expect(error.message).toContain(`services.environment.${name} holds ${what}, which everyone`);
    expect(JSON.stringify(error.report())).not.toContain('hunter2');
  });

  it('is not the public key in the address of a project of Sentry; the secret beside it is', () => {
    const dsn = (text: string) => () => read(`monitoring:\n  sentry:\n    dsn: ${text}\n`);
    expect(dsn('https://0123abcd@sentry.example.com/42')).not.toThrow();
    const error = errorOf(dsn('https://0123abcd:hunter2@sentry.example.com/42'));
    expect(error.message).toContain('monitoring.sentry.dsn holds a secret');
    expect(error.hint).toContain('the public key is enough');
    expect(JSON.stringify(error.report())).not.toContain('hunter2');
    for (const none of ['sentry.example.com', 'https://sentry.example.com/42', 'https://a@b/c']) {
      expect(errorOf(dsn(none)).message).toContain('must be the address of a project');
    }
    expect(refusalOf('SENTRY_DSN', 'https://0123abcd@sentry.example.com/42').hint).toContain(
      'monitoring.sentry.dsn',
    );
  });

  it('is found in a moment in a value of any length', () => {
    const begun = performance.now();
    for (const part of ['a', '://', '://a:', 'password ', '-----BEGIN ', ' '])
      accepts('LONG', part.repeat(200_000 / part.length));
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('a variable no container could have', () => {
  it.each(['1A', 'A-B', 'A.B', 'a', '""', '"A=B"', '"A B"', '"É"'])(
    'named %s is refused',
    (name) => {
      const error = errorOf(() => read(`services:\n  environment:\n    ${name}: x\n`));
      expect(error.code).toBe('FW-CONFIG-INVALID');
      expect(error.message).toMatch(/^factsway\.yaml:3:5: .*must be an environment variable name/);
    },
  );

  it('because its value ends early is refused', () => {
    expect(refusalOf('A', 'b\0c').message).toContain('holds a NUL character');
  });
});

describe('an image override', () => {
  it('of what is no component is named with its place and what was meant', () => {
    const error = errorOf(() => read('images:\n  overrides:\n    prometeus: a/b:1\n'));
    expect(error.code).toBe('FW-CONFIG-INVALID');
    expect(error.message).toBe(
      'factsway.yaml:3:5: images.overrides.prometeus is not an image of the platform.',
    );
    expect(error.hint).toMatch(
      /^Did you mean "images\.overrides\.prometheus"\? Use one of: postgres, .*grafana, migrations, records-service, /,
    );
  });

  it.each(['constructor', 'toString'])('of %s is refused like any other', (name) => {
    expect(errorOf(() => read(`images: { overrides: { ${name}: "a/b:1" } }\n`)).code).toBe(
      'FW-CONFIG-INVALID',
    );
  });

  it.each([
    ['prom/prometheus', 'must name a version'],
    ['prom/prometheus:latest', 'must name a version'],
    ['https://a/b:1', 'must be an image reference'],
  ])('%s is refused', (reference, message) => {
    const error = errorOf(() => read(`images: { overrides: { prometheus: "${reference}" } }\n`));
    expect(error.message).toContain(`:1:24: images.overrides.prometheus ${message}`);
  });
});

describe('a registry', () => {
  it('nobody would ask is refused rather than ignored', () => {
    const error = errorOf(() => read('images:\n  source: debian\n  registry: r.example.com\n'));
    expect(error.code).toBe('FW-CONFIG-INVALID');
    expect(error.message).toContain('factsway.yaml:3:3: images.registry has no effect with');
    expect(error.hint).toContain('images.overrides');
  });

  it('that is the default may stay when the source changes', () => {
    const text = 'images: { source: debian, registry: registry.factsway.com/onprem }\n';
    expect(read(text).config.images.source).toBe('debian');
  });

  it('is told to leave out https://', () => {
    const error = errorOf(() => read('images: { registry: "https://r.example.com" }\n'));
    expect(error.message).toContain('without https://');
  });
});

describe('a time zone', () => {
  it('that does not exist is refused with the one that was meant', () => {
    const error = errorOf(() => read('host:\n  timeZone: Europe/Berln\n'));
    expect(error.message).toMatch(/^factsway\.yaml:2:3: host\.timeZone must be a time zone /);
    expect(error.hint).toMatch(/^Did you mean "Europe\/Berlin"\?.*Nothing was changed\.$/);
  });
});
