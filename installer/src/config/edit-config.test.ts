import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { applySettings, explicitSettings, parseSetting } from './edit-config.ts';

const edit = (text: string, ...settings: string[]): string =>
  applySettings(text, settings.flatMap(parseSetting), 'factsway.yaml');

describe('--set', () => {
  it.each([
    ['edge.httpsPort=8443', ['edge', 'httpsPort'], 8443],
    ['host.name=a.example.com', ['host', 'name'], 'a.example.com'],
    ['services.passwordInEnvironment=true', ['services', 'passwordInEnvironment'], true],
    ['services.environment.X=a=b=c', ['services', 'environment', 'X'], 'a=b=c'],
    ['services.environment.X="5"', ['services', 'environment', 'X'], '5'],
    [
      'services.environment.X=http://a:1/?b=c#d',
      ['services', 'environment', 'X'],
      'http://a:1/?b=c#d',
    ],
    // Texts are typed without quotes, whatever they look like; a port is written in digits.
    ['host.memory=8', ['host', 'memory'], '8'],
    ['host.name=[::1]', ['host', 'name'], '[::1]'],
    ['host.name=', ['host', 'name'], ''],
    ['services.environment.X=1', ['services', 'environment', 'X'], '1'],
    ['edge.httpPort=0x50', ['edge', 'httpPort'], '0x50'],
    ['edge.httpPort=8e1', ['edge', 'httpPort'], '8e1'],
    ['edge.httpPort= 80 ', ['edge', 'httpPort'], 80],
    // No YAML at all: taken as it stands.
    ['services.environment.X={"', ['services', 'environment', 'X'], '{"'],
  ])('%s', (text, path, value) => {
    expect(parseSetting(text)).toEqual([{ path, value }]);
  });

  it('of a map sets each of its keys, and leaves those beside them', () => {
    const paths = parseSetting('edge={tls: {mode: off}, httpPort: 81}').map(({ path }) => path);
    expect(paths).toEqual([
      ['edge', 'tls', 'mode'],
      ['edge', 'httpPort'],
    ]);
    expect(edit('edge:\n  bind: "::"\n', 'edge={httpPort: 81}')).toBe(
      'edge:\n  bind: "::"\n  httpPort: 81\n',
    );
  });

  it('of a key below a plain value gives that value up', () => {
    expect(edit('{}', 'edge=5', 'edge.httpPort=81')).toContain('httpPort: 81');
    expect(edit('edge: 5\n', 'edge.httpPort=81')).toBe('edge:\n  httpPort: 81\n');
  });

  it.each(['edge.httpsPort', '=5', '', 'edge..httpPort=5', '.a=5', 'a.=5'])(
    '%j is not of the form key=value',
    (text) => {
      const error = errorOf(() => parseSetting(text));
      expect(error.code).toBe('FW-USAGE');
      expect(error.message).toContain(`--set ${text} `);
      expect(error.hint).toContain('--set edge.httpsPort=8443');
    },
  );
});

describe('the file a person keeps', () => {
  const OWN = '# ours\nproject: firm   # do not touch\n\nhost:\n    cores:    2\n';

  it('is not touched, to the byte, when no setting differs', () => {
    expect(edit(OWN, 'project=firm', 'host.cores=2')).toBe(OWN);
    expect(edit(OWN)).toBe(OWN);
  });

  it('keeps comments, order and every other key when one changes', () => {
    const text = [
      '# ours',
      'project: firm # do not touch',
      '',
      '# the machine',
      'host:',
      '  # counted by hand',
      '  cores: 2',
      '  name: a.example.com',
      'edge:',
      '  httpPort: 80',
      '',
    ].join('\n');
    expect(edit(text, 'host.cores=4')).toBe(text.replace('cores: 2', 'cores: 4'));
  });

  it('gets a key it did not have at the end of its section', () => {
    expect(edit('host:\n  cores: 2\nproject: firm\n', 'host.name=a.b', 'edge.httpPort=81')).toBe(
      'host:\n  cores: 2\n  name: a.b\nproject: firm\nedge:\n  httpPort: 81\n',
    );
  });

  it('takes the last of two settings of one key', () => {
    expect(edit('project: a\n', 'project=b', 'project=c')).toBe('project: c\n');
  });

  it('does not fold a long value', () => {
    const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    expect(edit('project: a\n', `services.environment.X=${long}`)).toContain(`X: ${long}\n`);
  });
});

describe('an answers file', () => {
  it('sets every leaf it names, in order, and nothing else', () => {
    const document = parseDocument(
      'host:\n  name: a.b\n  cores: 2\nedge: { tls: { mode: off } }\n',
    );
    expect(explicitSettings(document)).toEqual([
      { path: ['host', 'name'], value: 'a.b' },
      { path: ['host', 'cores'], value: 2 },
      { path: ['edge', 'tls', 'mode'], value: 'off' },
    ]);
  });

  it('may use an anchor: the alias stands for its value', () => {
    const document = parseDocument('edge: { httpPort: &p 81 }\nmonitoring: { grafanaPort: *p }\n');
    expect(explicitSettings(document).map(({ value }) => value)).toEqual([81, 81]);
  });

  it.each(['', '# nothing\n', 'host: # later\n', 'images:\n  overrides: {}\n'])(
    'that is %j sets nothing',
    (text) => {
      expect(explicitSettings(parseDocument(text))).toEqual([]);
    },
  );
});
