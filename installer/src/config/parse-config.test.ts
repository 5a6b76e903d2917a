import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { configSchema } from '../model/config.ts';
import { parseConfig, SET_SOURCE } from './parse-config.ts';

const problem = (text: string, source = 'factsway.yaml') =>
  errorOf(() => parseConfig(text, source));

describe('a section with nothing in it', () => {
  it.each(['host:\nedge:\n  tls:\n', 'host: # later\n', 'images:\n  overrides:\n', ''])(
    '%j means its defaults',
    (text) => {
      expect(parseConfig(text, 'factsway.yaml').config).toEqual(configSchema.parse({}));
    },
  );

  it('is told from a key without a value', () => {
    expect(problem('host:\n  name:\n').message).toBe(
      'factsway.yaml:2:3: host.name must be a text, in quotes if it looks like something else.',
    );
  });
});

describe('a configuration', () => {
  it.each(['', '# only a comment\n', '{}\n'])('that is %j has every default', (text) => {
    expect(parseConfig(text, 'f').config).toEqual(configSchema.parse({}));
  });

  it('keeps what is set and fills in the rest', () => {
    const { config } = parseConfig('edge:\n  httpsPort: 8443\nhost: { cores: 4 }\n', 'f');
    expect(config.edge.httpsPort).toBe(8443);
    expect(config.edge.httpPort).toBe(80);
    expect(config.host.cores).toBe(4);
  });

  it.each([
    ['edge: { bind: "::" }', '::'],
    ['edge: { bind: 192.168.1.5 }', '192.168.1.5'],
  ])('accepts %s', (text, bind) => {
    expect(parseConfig(text, 'f').config.edge.bind).toBe(bind);
  });
});

describe('an unknown key', () => {
  it('is named with its place and with what was meant', () => {
    const error = problem('host:\n  name: a.example.com\nedge:\n  htpsPort: 8443\n');
    expect(error.code).toBe('FW-CONFIG-UNKNOWN-KEY');
    expect(error.message).toBe('factsway.yaml:4:3: unknown key "edge.htpsPort".');
    expect(error.hint).toMatch(/^Did you mean "edge\.httpsPort"\? Known here: bind, httpPort, /);
    expect(error.exitCode).toBe(2);
  });

  it('at the top is found as well', () => {
    const error = problem('projet: x\n');
    expect(error.message).toBe('factsway.yaml:1:1: unknown key "projet".');
    expect(error.hint).toContain('Did you mean "project"?');
  });

  it('comes first, because a misspelling explains a missing value', () => {
    const error = problem('host:\n  cores: 0\n  memry: 8GiB\n');
    expect(error.code).toBe('FW-CONFIG-UNKNOWN-KEY');
    expect(error.message).toContain('host.memry');
    expect(error.all.map(({ message }) => message)).toEqual([
      'factsway.yaml:3:3: unknown key "host.memry".',
      'factsway.yaml:2:3: host.cores must be at least 1.',
    ]);
  });
});

describe('a wrong value', () => {
  it.each([
    ['edge:\n  httpPort: 70000\n', ':2:3: edge.httpPort must be at most 65535.'],
    ['edge:\n  httpPort: 0\n', ':2:3: edge.httpPort must be at least 1.'],
    ['edge:\n  httpPort: many\n', ':2:3: edge.httpPort must be a whole number.'],
    ['host:\n  cores: 2.5\n', ':2:3: host.cores must be a whole number.'],
    ['host:\n  memory: 8GB\n', ':2:3: host.memory must be a size such as 512MiB or 8GiB.'],
    ['host: { name: "a b" }\n', ':1:9: host.name must be a DNS name such as factsway.example.com.'],
    ['edge:\n  bind: here\n', ':2:3: edge.bind must be an IPv4 or IPv6 address.'],
    [
      'edge:\n  tls:\n    mode: sometimes\n',
      ':3:5: edge.tls.mode must be one of "internal", "provided", "acme", "off".',
    ],
    ['apiVersion: factsway/0\n', ':1:1: apiVersion must be one of "factsway/v2".'],
    ['release: { version: "1.0" }\n', ':1:12: release.version must be a version such as 1.0.0.'],
    [
      'release: { version: 1.0 }\n',
      ':1:12: release.version must be a text, in quotes if it looks like something else.',
    ],
    ['edge: 5\n', ':1:1: edge must be a section with keys of its own.'],
    ['monitoring:\n  retentionDays: 30\n', ':2:3: monitoring.retentionDays must be at least 31.'],
    ['services:\n  drainSeconds: 51\n', ':2:3: services.drainSeconds must be at most 50.'],
    [
      'services: { passwordInEnvironment: "yes" }\n',
      ':1:13: services.passwordInEnvironment must be true or false.',
    ],
    [
      'services:\n  environment:\n    FOO: 5\n',
      ':3:5: services.environment.FOO must be a text, in quotes if it looks like something else.',
    ],
    [
      'services:\n  environment:\n    foo: x\n',
      ':3:5: services.environment.foo must be an environment variable name.',
    ],
    ['project: Firm\n', ':1:1: project must be lower-case letters, digits, - or _.'],
    [
      'images:\n  overrides:\n    prometheus: ":latest"\n',
      ':3:5: images.overrides.prometheus must be an image reference such as registry.example.com/prometheus:v3.5.0.',
    ],
    ['- a\n- b\n', ': the document must be a section with keys of its own.'],
  ])('%j', (text, message) => {
    const error = problem(text);
    expect(error.code).toBe('FW-CONFIG-INVALID');
    expect(error.message).toBe(`factsway.yaml${message}`);
    expect(error.hint).toContain('nothing was changed');
  });

  it('does not hide the others', () => {
    const error = problem('host:\n  cores: 0\nedge:\n  httpPort: x\nproject: A\n');
    expect(error.all.map(({ code, message }) => [code, message])).toEqual([
      ['FW-CONFIG-INVALID', expect.stringMatching(/^factsway\.yaml:5:1: project /)],
      ['FW-CONFIG-INVALID', expect.stringMatching(/^factsway\.yaml:2:3: host\.cores /)],
      ['FW-CONFIG-INVALID', expect.stringMatching(/^factsway\.yaml:4:3: edge\.httpPort /)],
    ]);
    expect(error.all[1]?.hint).toBe('Correct host.cores in factsway.yaml; nothing was changed.');
    expect(error.details).toEqual([]);
  });

  it('given on the command line has no line to look at', () => {
    expect(problem('edge: { httpPort: 0 }', SET_SOURCE).message).toBe(
      '--set: edge.httpPort must be at least 1.',
    );
  });
});

describe('a file that came by way of Windows', () => {
  it('may begin with a byte order mark and end its lines with CR LF', () => {
    const text = '\uFEFFhost:\r\n  cores: 4\r\nproject: firm\r\n';
    const { config } = parseConfig(text, 'f');
    expect([config.host.cores, config.project]).toEqual([4, 'firm']);
  });

  it('has its lines and columns counted as an editor does', () => {
    expect(problem('\uFEFFprojet: x\r\n').message).toMatch(/^factsway\.yaml:1:1: /);
    expect(problem('\uFEFFhost:\r\n  cores: 0\r\n').message).toMatch(/^factsway\.yaml:2:3: /);
  });
});

describe('what is no YAML', () => {
  it('in several places is told with each of them', () => {
    const error = problem('host:\n  cores: 2\n  cores: 3\nproject: a\nproject: b\n');
    expect(error.all.map(({ code, hint }) => [code, hint])).toEqual([
      ['FW-CONFIG-SYNTAX', 'Correct line 3 of factsway.yaml; nothing was changed.'],
      ['FW-CONFIG-SYNTAX', 'Correct line 5 of factsway.yaml; nothing was changed.'],
    ]);
  });

  it('at all is not told a hundred times', () => {
    expect(problem('a: 1\n'.repeat(200)).all).toHaveLength(20);
  });

  it.each([
    ['edge:\n\thttpPort: 1\n', '2:1'],
    ['host:\n  cores: 2\n  cores: 3\n', '3:3'],
    ['project: "a\n', '2:1'],
    ['a: 1\n---\nb: 2\n', '2:1'],
  ])('%j is refused with its place', (text, place) => {
    const error = problem(text);
    expect(error.code).toBe('FW-CONFIG-SYNTAX');
    const [line = ''] = place.split(':');
    expect(error.message.startsWith(`factsway.yaml:${place}: `)).toBe(true);
    expect(error.hint).toBe(`Correct line ${line} of factsway.yaml; nothing was changed.`);
  });

  it('because a value begins with a star is refused with how to write it', () => {
    const error = problem('host:\n  name: *.example.com\n');
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-SYNTAX', 2]);
    expect(error.message).toMatch(/^factsway\.yaml:2:9: .*\.example\.com/);
    expect(error.hint).toContain('"*.example.com"');
  });

  it('because its aliases multiply is not taken for a forgotten quote', () => {
    const levels = ['a: &a [1,1,1,1,1,1,1,1,1]'];
    for (const [above, level] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'e'],
    ] as const)
      levels.push(`${level}: &${level} [${Array(9).fill(`*${above}`).join()}]`);
    const error = problem(`${levels.join('\n')}\n`);
    expect(error.code).toBe('FW-CONFIG-SYNTAX');
    expect(error.hint).toContain('Write the values out');
  });

  it.each([
    ['host: {}\n---\nhost: {}\n', ':2:1: A second document begins here'],
    ['['.repeat(20_000), 'Nested more deeply'],
  ])('is told in words that are not for programmers', (text, words) => {
    const { message } = problem(text);
    expect(message).toContain(words);
    expect(message).not.toMatch(/YAML\.parse|call stack/);
  });

  it('because a key is a list is told, and nothing is written to stderr by the parser', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    expect(problem('? [a, b]\n: c\n').code).toBe('FW-CONFIG-UNKNOWN-KEY');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('what was typed', () => {
  const said = (text: string): string[] =>
    errorOf(() => parseConfig(text, '--set')).all.map(({ message, hint }) => `${message} ${hint}`);

  it.each([
    [
      'host: {memory: "8"}',
      [
        '--set: host.memory must be a size such as 512MiB or 8GiB. Correct host.memory in --set, for example: --set host.memory=8GiB   Nothing was changed.',
      ],
    ],
    [
      'host: {memory: 99999999TiB}',
      [
        '--set: host.memory must be at most 64TiB. Correct host.memory in --set, for example: --set host.memory=8GiB   Nothing was changed.',
      ],
    ],
    [
      'host: {cores: 9007199254740993}',
      [
        '--set: host.cores must be at most 512. Correct host.cores in --set, for example: --set host.cores=2   Nothing was changed.',
      ],
    ],
    [
      'postgres: {external: {port: 5432}}',
      [
        '--set: postgres.external.host is missing. Correct postgres.external.host in --set, for example: --set postgres.external.host=db.example.com   Nothing was changed.',
      ],
    ],
  ])('%s is answered once, with an example', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it.each([
    'postgres: {mode: external}',
    'postgres: {mode: external, external: {host: localhost}}',
  ])('%s is wrong in one way, and nothing else is said of it', (text) => {
    expect(said(text)).toHaveLength(1);
  });
});
