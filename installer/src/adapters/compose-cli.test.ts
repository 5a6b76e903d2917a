import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { ComposeCli } from './compose-cli.ts';

describe('a docker command', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'compose-cli-'));
  });
  afterEach(() => {
    rmSync(bin, { recursive: true });
  });

  /** What `create` makes of a docker that does this. */
  const outcome = async (script: string) => {
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'docker'), 0o755);
    const path = `${bin}:/usr/bin:/bin`;
    const former = process.env['PATH'];
    process.env['PATH'] = path;
    try {
      const compose = new ComposeCli({ PATH: path });
      return (await rejectionOf(compose.create(bin, ['edge']))).code;
    } finally {
      process.env['PATH'] = former;
    }
  };

  it('that Ctrl-C ended before it began was interrupted', async () => {
    expect(await outcome('kill -INT $$')).toBe('FW-CANCELLED');
  });

  it('that says no was refused', async () => {
    expect(await outcome('exit 1')).toBe('FW-COMPOSE-REFUSED');
  });
});
