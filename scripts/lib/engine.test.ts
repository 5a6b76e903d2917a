import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const LIBRARY = join(import.meta.dirname, 'log.sh');
/** A process that certainly runs and certainly is no engine: this one. */
const SOMEBODY_ELSE = String(process.pid);
/** Above what Linux can count to, so that no process ever has it. */
const NOBODY = '4194305';

/** Answers as soon as it has begun, and refuses as dockerd does where its note names a live process. */
const STAND_IN = `#!/bin/bash
if [[ -s $NOTE_OF_DOCKERD ]] && kill -0 "$(<"$NOTE_OF_DOCKERD")"; then echo 'process is still running'; exit 1; fi
echo $$ >"$NOTE_OF_DOCKERD"
touch "$ANSWERS"
sleep 30 & wait
`;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'factsway-engine-'));
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin/dockerd'), STAND_IN);
  await chmod(join(home, 'bin/dockerd'), 0o755);
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Runs shell lines in which the engine's files are ours and dockerd is the stand-in above. */
async function withEngine(lines: string): Promise<{ status: number; text: string }> {
  const script = `
    set -euo pipefail
    source "${LIBRARY}"
    source "$ROOT/scripts/lib/engine.sh"
    ENGINE_PID=${home}/engine.pid ENGINE_LOG=${home}/engine.log
    DOCKERD_PID=${home}/docker.pid CONTAINERD_PID=${home}/containerd.pid
    export NOTE_OF_DOCKERD=$DOCKERD_PID ANSWERS=${home}/answers
    is_root() { true; }
    under_systemd() { false; }
    docker_answers() { [[ -e $ANSWERS ]]; }
    trap '! pid=$(our_engine_pid) || kill "$pid"' EXIT
    ${lines}`;
  const ran = await execa('bash', ['-c', script], {
    all: true,
    reject: false,
    env: { PATH: `${home}/bin:${process.env['PATH'] ?? ''}` },
  });
  return { status: ran.exitCode ?? -1, text: ran.all };
}

describe('scripts/engine up after an engine that was killed', () => {
  it.each([
    ['no note was left', undefined],
    ['the note names a process that ended', NOBODY],
    ['the number was given to another process', SOMEBODY_ELSE],
    ['the note is cut off', ''],
  ])('starts where %s', async (_what, note) => {
    if (note !== undefined) {
      for (const name of ['engine.pid', 'docker.pid', 'containerd.pid']) {
        await writeFile(join(home, name), note);
      }
    }
    const { status, text } = await withEngine(
      'start_engine; our_engine_pid; ls "$CONTAINERD_PID" || true',
    );
    expect(status, text).toBe(0);
    expect(text).toContain(
      await readFile(join(home, 'docker.pid'), 'utf8').then((pid) => pid.trim()),
    );
    expect(text).toMatch(/No such file/);
  });

  it('says so, with the log, where the new one stops again', async () => {
    await writeFile(join(home, 'bin/dockerd'), '#!/bin/bash\necho no space left\nexit 1\n');
    const { status, text } = await withEngine('start_engine');
    expect(status).toBe(3);
    expect(text).toContain('no space left');
    expect(text).toContain('the Docker Engine stopped again while starting');
  });

  it('waits for one that is still ending', async () => {
    await writeFile(
      join(home, 'bin/dockerd'),
      '#!/bin/bash\necho $$ >"$NOTE_OF_DOCKERD"\nsleep 1\n',
    );
    const { status, text } = await withEngine(`
      dockerd & until running_pid "$DOCKERD_PID" dockerd; do sleep 0.05; done
      await_other_engine
      ! running_pid "$DOCKERD_PID" dockerd`);
    expect(status, text).toBe(0);
  });

  it('leaves the notes of one that runs alone', async () => {
    const { status, text } = await withEngine(`
      start_engine
      before=$(our_engine_pid)
      forget_ended_engine
      [[ $(our_engine_pid) == "$before" && -s $DOCKERD_PID ]]`);
    expect(status, text).toBe(0);
  });
});
