import { expect, it } from 'vitest';
import { channelOfVersion, parseInstallerName } from './protocol.ts';

it.each([
  ['1.2.0', 'latest'],
  ['1.2.0+beta', 'latest'],
  ['1.2.0-rc.1', 'latest'],
  ['1.2.0-beta', 'beta'],
  ['1.2.0-beta.11', 'beta'],
  ['1.2.0-beta+1', 'beta'],
  ['1.2.0-alpha.1', 'alpha'],
  ['1.2.0-beta-x', 'latest'],
  ['1.2.0-x.beta', 'latest'],
])('%s is one of %s', (version, channel) => {
  expect(channelOfVersion(version)).toBe(channel);
});

it.each<[string, string, string | undefined, string, boolean]>([
  ['1.2.0.exe', '1.2.0', undefined, 'exe', false],
  ['1.2.0-arm64.dmg', '1.2.0', 'arm64', 'dmg', false],
  ['1.2.0-x64.zip.blockmap', '1.2.0', 'x64', 'zip', true],
  ['1.2.0-beta.1.exe.blockmap', '1.2.0-beta.1', undefined, 'exe', true],
  ['1.2.0-beta.1-arm64.AppImage', '1.2.0-beta.1', 'arm64', 'AppImage', false],
])('FACTSWAY-Setup-%s says what it is', (name, version, architecture, ending, blockmap) => {
  expect(parseInstallerName(`FACTSWAY-Setup-${name}`)).toEqual({
    ...{ version, architecture, ending, blockmap },
  });
});

it.each(['1.2.exe', '1.2.0', '1.2.0-.exe', '1.2.0.msi', '1.2.0/../x.exe', '1.2.0.exe.blockmap.gz'])(
  'FACTSWAY-Setup-%s is no installer of ours',
  (name) => {
    expect(parseInstallerName(`FACTSWAY-Setup-${name}`)).toBeUndefined();
  },
);
