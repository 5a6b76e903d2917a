import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DIRECTORY, ENGINE } from '../../../test/fakes/builders.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { GiB } from '../model/units.ts';
import { requireConfig, resolveConfig, type ResolvedConfig } from './resolve-config.ts';

const FILE = `${DIRECTORY}/factsway.yaml`;
let ports: FakePorts;
beforeEach(() => {
  ports = fakePorts();
});
const resolve = (sets: readonly string[] = [], answersFile?: string): Promise<ResolvedConfig> =>
  resolveConfig(
    { directory: DIRECTORY, sets, ...(answersFile === undefined ? {} : { answersFile }) },
    ports.files,
    ports.host,
    ENGINE,
  );

describe('a new instance', () => {
  it('takes name, zone, memory and cores from the machine', async () => {
    const { config, unchanged } = await resolve();
    expect(config.host).toEqual({
      name: 'server1',
      timeZone: 'Europe/Berlin',
      memory: '16GiB',
      cores: 4,
      profile: 'auto',
    });
    expect(unchanged).toBe(false);
  });

  it('leaves out a host name that is no DNS name', async () => {
    ports.host.name = 'my_host';
    expect((await resolve()).config.host.name).toBe('localhost');
  });

  it('rounds memory down to what a person would write', async () => {
    ports.host.memory = 7.77 * GiB;
    expect((await resolve()).config.host.memory).toBe('7936MiB');
  });

  it('gets a commented file that reads back as the configuration it is for', async () => {
    const { config, text } = await resolve(['edge.httpsPort=8443', 'services.logLevel=debug']);
    expect(text).toMatch(/^# FACTSWAY On-Prem: the one file you edit/);
    expect(text).toContain('# DNS name under which users reach this server.\n  name: server1\n');
    const value = parse(text) as { edge: object; services: object };
    expect(value.edge).toMatchObject({ httpsPort: 8443 });
    expect(value.services).toEqual({ logLevel: 'debug' });
    ports.files.put(FILE, text);
    expect(await resolve()).toEqual({ config, text, unchanged: true, onDisk: text });
  });

  it('names the registry only where something comes from it', async () => {
    expect((await resolve()).text).toContain('registry: registry.factsway.com/onprem');
    expect((await resolve(['images.source=debian'])).text).not.toContain('registry:');
  });
});

const FORM = 'apiVersion: factsway/v2\n';

describe('what was set', () => {
  it('on the command line beats the answers, and those beat detection', async () => {
    ports.files.put('/answers.yaml', 'host:\n  name: answers.example.com\n  cores: 8\n');
    const { config } = await resolve(['host.name=set.example.com'], '/answers.yaml');
    expect(config.host).toMatchObject({ name: 'set.example.com', cores: 8, memory: '16GiB' });
  });

  it('in the file beats detection: a key a person set is never rewritten', async () => {
    const mine = `${FORM}host: { name: own.example.com } # mine\n`;
    ports.files.put(FILE, mine);
    const { config, text, unchanged } = await resolve();
    expect(config.host.name).toBe('own.example.com');
    expect(config.host.cores).toBe(2);
    expect([text, unchanged]).toEqual([mine, true]);
  });

  it('changes one key of an existing file and leaves the rest', async () => {
    ports.files.put(FILE, `# mine\n${FORM}host:\n  name: own.example.com\n  cores: 2 # few\n`);
    const { text, unchanged } = await resolve(['host.cores=4']);
    expect(text).toBe(`# mine\n${FORM}host:\n  name: own.example.com\n  cores: 4 # few\n`);
    expect(unchanged).toBe(false);
  });

  it('by an anchor in the answers is what the anchor says', async () => {
    const text = 'edge:\n  httpPort: &p 8080\nmonitoring:\n  prometheusPort: *p\n';
    ports.files.put('/answers.yaml', text);
    const { config } = await resolve([], '/answers.yaml');
    expect([config.edge.httpPort, config.monitoring.prometheusPort]).toEqual([8080, 8080]);
  });

  it('as a map sets its keys and no others', async () => {
    const { config } = await resolve(['host={name: a.b}', 'host.cores=3']);
    expect(config.host).toMatchObject({ name: 'a.b', cores: 3, memory: '16GiB' });
  });

  it('to what is there already changes nothing', async () => {
    ports.files.put(FILE, `${FORM}host:   {cores:   4}\n`);
    expect(await resolve(['host.cores=4'])).toMatchObject({ unchanged: true });
  });

  it('the same way gives the same text', async () => {
    ports.files.put('/answers.yaml', 'edge: { httpPort: 8080 }\n');
    const sets = ['project=firm'];
    expect((await resolve(sets, '/answers.yaml')).text).toBe(
      (await resolve(sets, '/answers.yaml')).text,
    );
  });
});

describe('a file of an older form', () => {
  const OLD =
    '# ours\r\napiVersion: factsway/v1\r\nservices: { passwordCompatibility: true } # why\r\n';
  const NEW =
    '# ours\r\napiVersion: factsway/v2\r\nservices: { passwordInEnvironment: true } # why\r\n';

  it('is read, and its text is to be that of the present form', async () => {
    ports.files.put(FILE, OLD);
    const { config, ...rest } = await resolve();
    expect(config.services.passwordInEnvironment).toBe(true);
    expect(rest).toMatchObject({ text: NEW, unchanged: false, migration: { from: 'factsway/v1' } });
  });

  it('takes settings by their old names and by their new ones', async () => {
    ports.files.put(FILE, OLD);
    for (const name of ['passwordCompatibility', 'passwordInEnvironment']) {
      const { text } = await resolve([`services.${name}=false`]);
      expect(text).toBe(NEW.replace('true', 'false'));
    }
  });

  it('as answers says nothing of the form of the instance', async () => {
    ports.files.put('/answers.yaml', OLD);
    const { config, text } = await resolve([], '/answers.yaml');
    expect(config.services.passwordInEnvironment).toBe(true);
    expect(text.match(/^apiVersion: .*$/gm)).toEqual(['apiVersion: factsway/v2']);
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown key', ['edge.htpPort=1'], 'FW-CONFIG-UNKNOWN-KEY', '--set: unknown key'],
    ['a value out of range', ['edge.httpPort=0'], 'FW-CONFIG-INVALID', '--set: edge.httpPort'],
    [
      'a value where a section belongs',
      ['edge=5'],
      'FW-CONFIG-INVALID',
      '--set: edge must be a section with keys of its own.',
    ],
    ['no value at all', ['edge.httpPort'], 'FW-USAGE', '--set edge.httpPort is not'],
  ])('%s with --set names the option and no file', async (_what, sets, code, message) => {
    const error = await rejectionOf(resolve(sets));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('factsway.yaml');
  });

  it('everywhere is told all at once, each with its place', async () => {
    ports.files.put('/answers.yaml', 'edge:\n  htpPort: 81\nhost:\n  cores: none\n');
    ports.files.put(FILE, 'host:\n  cores: 0\n');
    const error = await rejectionOf(
      resolve(['edge.httpPort=0', 'project', 'edge'], '/answers.yaml'),
    );
    expect(error.all.map(({ code, message }) => [code, message])).toEqual([
      ['FW-CONFIG-UNKNOWN-KEY', '/answers.yaml:2:3: unknown key "edge.htpPort".'],
      ['FW-CONFIG-INVALID', '/answers.yaml:4:3: host.cores must be a whole number.'],
      ['FW-USAGE', '--set project is not of the form key=value.'],
      ['FW-USAGE', '--set edge is not of the form key=value.'],
      ['FW-CONFIG-INVALID', '--set: edge.httpPort must be at least 1.'],
      ['FW-CONFIG-INVALID', 'factsway.yaml:2:3: host.cores must be at least 1.'],
    ]);
  });

  it('in another encoding than UTF-8 names the file and how to convert it', async () => {
    ports.files.put('/answers.yaml', 'host: { name: a.b }\n');
    ports.files.encodings.set('/answers.yaml', 'utf16le');
    ports.files.put(FILE, '# für uns\n');
    ports.files.encodings.set(FILE, 'latin1');
    const error = await rejectionOf(resolve([], '/answers.yaml'));
    expect(error.all.map(({ code }) => code)).toEqual(Array(2).fill('FW-CONFIG-ENCODING'));
    expect(error.all[0]?.message).toBe('/answers.yaml is in UTF-16LE; it must be in UTF-8.');
    expect(error.all[1]?.message).toMatch(/^factsway\.yaml:1: /);
    expect(error.all[1]?.hint).toContain(`iconv -f WINDOWS-1252 -t UTF-8 ${FILE} >`);
    expect((await rejectionOf(requireConfig(DIRECTORY, ports.files))).code).toBe(
      'FW-CONFIG-ENCODING',
    );
  });

  it('in the answers names their file and line', async () => {
    ports.files.put('/answers.yaml', 'host:\n  cores: none\n');
    const error = await rejectionOf(resolve([], '/answers.yaml'));
    expect(error.message).toBe('/answers.yaml:2:3: host.cores must be a whole number.');
  });

  it('answers that are not there', async () => {
    const error = await rejectionOf(resolve([], '/nowhere.yaml'));
    expect(error.code).toBe('FW-CONFIG-NOT-FOUND');
    expect(error.message).toContain('/nowhere.yaml');
  });

  it.each([
    ['-', '--answers /dev/stdin'],
    ['', '--answers FILE'],
    ['/srv/my answers.yaml', 'ls -l /srv '],
  ])('answers that are not there (%j) name the next command', async (path, command) => {
    expect((await rejectionOf(resolve([], path))).hint).toContain(command);
  });

  it('a setting that only fails together with others names no line of a file nobody has seen', async () => {
    const error = await rejectionOf(resolve(['edge.tls.mode=provided']));
    expect(error.message).toMatch(/^the settings given: edge\.tls\.certificateFile /);
    expect(error.hint).toMatch(/chain\.crt {3}Nothing was changed\.$/);
  });

  it.each(['/', '/etc', '/root', '/home/anna', '/usr/local', '/tmp'])(
    'a new instance in %s is refused: others live there',
    async (directory) => {
      const request = { directory, sets: [] };
      const error = await rejectionOf(resolveConfig(request, ports.files, ports.host, ENGINE));
      expect(error.code).toBe('FW-DIR-FOREIGN');
      expect(error.hint).toMatch(/--dir \/.*\/factsway$/);
    },
  );

  it('in factsway.yaml is found even when --set would mend another key', async () => {
    ports.files.put(FILE, 'host:\n  cores: 0\n');
    const error = await rejectionOf(resolve(['edge.httpPort=81']));
    expect(error.message).toBe('factsway.yaml:2:3: host.cores must be at least 1.');
  });

  it('a command that needs an instance says that there is none', async () => {
    const error = await rejectionOf(requireConfig(DIRECTORY, ports.files));
    expect(error.code).toBe('FW-NO-INSTANCE');
    expect(error.hint).toContain('--dir DIR');
  });
});

it('resolving writes nothing, whether it succeeds or not', async () => {
  await resolve(['host.cores=4']);
  await rejectionOf(resolve(['host.cores=x']));
  ports.files.put(FILE, 'project: firm\n');
  await resolve(['host.cores=4']);
  expect(ports.files.changes).toEqual([]);
});
