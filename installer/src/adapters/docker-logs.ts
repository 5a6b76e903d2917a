import type Dockerode from 'dockerode';
import type { Readable } from 'node:stream';
import type { KeptLine } from '../model/log-line.ts';
import type { KeptWindow, ProgramLines } from '../ports/docker.ts';
import { calling, finding } from './docker-calls.ts';
import { keptLines, programLines } from './docker-frames.ts';

/** Lines of a container, as they are asked for. The method of the library for this reads everything into memory. */
export async function readKept(
  client: Dockerode,
  id: string,
  { since, until, tail, follow }: KeptWindow,
  signal: AbortSignal,
): Promise<AsyncIterable<KeptLine>> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    tail: tail ?? 'all',
    ...(since === undefined ? {} : { since: unixTime(since) }),
    ...(until === undefined ? {} : { until: unixTime(until) }),
  };
  const answer = await finding(
    () =>
      new Promise<Readable>((resolve, reject) => {
        client.modem.dial(
          {
            path: `/containers/${id}/logs?`,
            method: 'GET',
            isStream: true,
            statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
            options,
          },
          (error: unknown, stream: unknown) => {
            if (error instanceof Error) reject(error);
            else resolve(stream as Readable);
          },
        );
      }),
  );
  return answer ? keptLines(untilAborted(answer, signal)) : none();
}

export async function runForLines(
  client: Dockerode,
  id: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<ProgramLines> {
  return calling(async () => {
    const exec = await client
      .getContainer(id)
      .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    let stderr = '';
    const lines = programLines(untilAborted(stream, signal), (text) => {
      stderr = `${stderr}${text}`.slice(-4096);
    });
    return {
      lines,
      ended: async () => {
        const { ExitCode } = await exec.inspect();
        return { exitCode: ExitCode ?? 1, stdout: '', stderr };
      },
    };
  });
}

/** Ends without an error when somebody has seen enough, and closes the connection however it ends. */
async function* untilAborted(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

async function* none(): AsyncGenerator<KeptLine> {
  // A container that somebody removed has no lines.
}

/** `2026-01-31T10:00:00.123456789Z` → `1769853600.123456789`. */
export function unixTime(at: string): string {
  const [, seconds = '', digits = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(at) ?? [];
  return `${Date.parse(`${seconds}Z`) / 1000}.${digits.padEnd(9, '0')}`;
}
