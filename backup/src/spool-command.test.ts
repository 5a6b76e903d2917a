import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../images/postgres/spool.sh');
const NAME = '000000010000000000000007';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'archive-'));
  writeFileSync(join(directory, NAME), 'a segment');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function archive(...args: string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, FACTSWAY_SPOOL: join(directory, 'spool') };
  const { status, stderr } = spawnSync('bash', [SCRIPT, ...args], { env, encoding: 'utf8' });
  return { status, stderr };
}
const spooled = (): string[] => readdirSync(join(directory, 'spool/new'));

describe('archive_command', () => {
  it('copies the segment, and makes the directory first', () => {
    expect(archive(join(directory, NAME))).toEqual({ status: 0, stderr: '' });
    expect(spooled()).toEqual([NAME]);
    expect(readFileSync(join(directory, 'spool/new', NAME), 'utf8')).toBe('a segment');
  });

  it('succeeds again with the same bytes, and never with others', () => {
    archive(join(directory, NAME));
    expect(archive(join(directory, NAME)).status).toBe(0);
    writeFileSync(join(directory, NAME), 'b segment');
    const again = archive(join(directory, NAME));
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('differs');
    expect(readFileSync(join(directory, 'spool/new', NAME), 'utf8')).toBe('a segment');
  });

  it('leaves nothing behind when it cannot copy', () => {
    const { status, stderr } = archive(join(directory, 'missing'));
    expect(status).toBe(1);
    expect(stderr).toContain('cannot copy');
    expect(spooled()).toEqual([]);
  });

  it('begins anew what a crash left half done', () => {
    archive(join(directory, NAME));
    rmSync(join(directory, 'spool/new', NAME));
    writeFileSync(join(directory, 'spool/new', `.${NAME}.unfinished`), 'a s');
    expect(archive(join(directory, NAME)).status).toBe(0);
    expect(spooled()).toEqual([NAME]);
  });

  it('says what it expects', () => {
    expect(archive().status).toBe(1);
  });
});
