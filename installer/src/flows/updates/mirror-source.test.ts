import { describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../../test/fakes/memory-files.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { chooseSource, type AskedSource } from './mirror-source.ts';

const FILE = '/work/updates.yaml';
const SETTINGS = `apiVersion: factsway-updates/v1
url: https://updates.example.com
bucket: firm-updates
region: eu-central-1
endpoint: https://s3.firm.example
forcePathStyle: true
`;
const NOTHING: AskedSource = {
  from: undefined,
  updates: { path: FILE, isNamed: false },
  region: undefined,
  endpoint: undefined,
};
const NAMED = { path: FILE, isNamed: true };
const choose = (asked: Partial<AskedSource>, text = SETTINGS) =>
  chooseSource({ ...NOTHING, ...asked }, { files: new MemoryFiles({ [FILE]: text }) });
const OF_THE_FILE = {
  region: 'eu-central-1',
  endpoint: 'https://s3.firm.example',
  forcePathStyle: true,
};
const OF_NOBODY = { region: undefined, endpoint: undefined, forcePathStyle: undefined };

describe('where a mirror is copied from', () => {
  it('is the bucket of updates.yaml, reached as that says, where nothing else is said', async () => {
    const expected = { from: 's3://firm-updates', options: OF_THE_FILE, settings: FILE };
    expect(await choose({})).toEqual(expected);
    expect(await choose({ updates: NAMED })).toEqual(expected);
  });

  it('is with Amazon where updates.yaml names no other server', async () => {
    const text = SETTINGS.replace(/^(endpoint|forcePathStyle).*\n/gm, '');
    expect((await choose({}, text)).options).toEqual({
      region: 'eu-central-1',
      endpoint: undefined,
      forcePathStyle: false,
    });
  });

  it('is what was typed, whatever a file says that nobody named', async () => {
    expect(await choose({ from: 's3://other' })).toEqual({
      from: 's3://other',
      options: OF_NOBODY,
    });
    expect((await choose({ from: '/media/usb' }, 'no: settings')).from).toBe('/media/usb');
  });

  it('takes each option that was typed before that of the file', async () => {
    const { from, options } = await choose({ from: 's3://other', updates: NAMED });
    expect([from, options]).toEqual(['s3://other', OF_THE_FILE]);
    expect((await choose({ region: 'us-east-1' })).options).toEqual({
      ...OF_THE_FILE,
      region: 'us-east-1',
    });
    expect((await choose({ endpoint: 'https://copy.example' })).options).toEqual({
      region: 'eu-central-1',
      endpoint: 'https://copy.example',
      forcePathStyle: undefined,
    });
  });

  it('has to be said by somebody', async () => {
    const files = new MemoryFiles();
    const error = await rejectionOf(chooseSource(NOTHING, { files }));
    expect([error.code, error.hint]).toEqual(['FW-USAGE', expect.stringContaining('--updates')]);
    const named = await rejectionOf(chooseSource({ ...NOTHING, updates: NAMED }, { files }));
    expect([named.code, named.message]).toEqual([
      'FW-UPDATES-NO-SETTINGS',
      expect.stringContaining(FILE),
    ]);
  });

  it('is not guessed from a file with a mistake in it', async () => {
    const error = await rejectionOf(choose({}, SETTINGS.replace('region', 'regoin')));
    expect([error.code, error.message]).toEqual([
      'FW-CONFIG-UNKNOWN-KEY',
      expect.stringContaining('"regoin"'),
    ]);
  });
});
