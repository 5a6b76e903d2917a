import { expect, it } from 'vitest';
import type { Bundle } from '../model/bundle.ts';
import { planPermissions } from './plan-permissions.ts';

const file = (path: string, mode = 0o644) => ({
  path,
  content: '',
  mode,
  ownership: 'rendered' as const,
});
const bundle: Bundle = {
  files: [
    file('compose.yaml'),
    file('config/edge/Caddyfile'),
    file('config/postgres-init/10-roles.sh', 0o755),
  ],
  secrets: [],
  warnings: [],
};
const closed = (modes: Readonly<Record<string, number>>): string[] =>
  planPermissions(bundle, {
    manifest: { version: 1, files: {} },
    digests: {},
    modes,
    secrets: [],
    appliedConfig: {},
    rootCertificate: false,
  });

it.each([
  ['a directory that a umask of 027 made', { 'config/edge': 0o750 }, ['config/edge']],
  ['and the one above it', { config: 0o700, 'config/edge': 0o755 }, ['config']],
  ['a file somebody closed', { 'config/edge/Caddyfile': 0o600 }, ['config/edge/Caddyfile']],
  [
    'a script that cannot be run',
    { 'config/postgres-init/10-roles.sh': 0o644 },
    ['config/postgres-init/10-roles.sh'],
  ],
  ['bits beyond, as on file systems that know no others', { 'config/edge': 0o777 }, []],
  ['the bit that hands the group on', { 'config/edge': 0o2755 }, []],
  ['what no container reads', { 'compose.yaml': 0o600 }, []],
  ['what is not there', {}, []],
])('%s', (_, modes, expected) => {
  expect(closed(modes)).toEqual(expected);
});
