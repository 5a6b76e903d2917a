import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { normalise } from './normalise.ts';

const folders: string[] = [];

function contextWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'normalise-'));
  folders.push(folder);
  mkdirSync(join(folder, 'sql'), { mode: 0o700 });
  writeFileSync(join(folder, 'sql/file'), content, { mode: 0o600 });
  normalise(folder);
  return folder;
}

const dateOf = (folder: string) => statSync(join(folder, 'sql/file')).mtimeMs;
const modeOf = (path: string) => statSync(path).mode & 0o777;

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

it('gives files of one size but another content another date, or BuildKit keeps the old one', () => {
  expect(dateOf(contextWith('version 1.0.0'))).not.toBe(dateOf(contextWith('version 1.1.0')));
});

it('gives the same content the same date', () => {
  expect(dateOf(contextWith('same'))).toBe(dateOf(contextWith('same')));
});

it('lets the user of the image read everything, whatever the umask', () => {
  const folder = contextWith('x');
  expect([modeOf(join(folder, 'sql')), modeOf(join(folder, 'sql/file'))]).toEqual([0o755, 0o644]);
});
