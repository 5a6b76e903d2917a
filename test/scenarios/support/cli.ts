import { execa } from 'execa';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'dist/factsway-install.js');

export type JsonDocument = {
  ok: boolean;
  command: string;
  result: Record<string, unknown> | null;
  warnings: string[];
  errors: { code: string; message: string; hint: string; details?: string[] }[];
};
export type Run = { exitCode: number; stdout: string; stderr: string };

/** The built command line, as a person would run it; nothing on stdin. */
export async function cli(
  argv: readonly string[],
  environment: Record<string, string> = {},
): Promise<Run> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, ...argv], {
    reject: false,
    stdin: 'ignore',
    env: environment,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** The same with --json: stdout must be one JSON document and nothing else. */
export async function cliJson(
  argv: readonly string[],
): Promise<JsonDocument & { exitCode: number }> {
  const { exitCode, stdout } = await cli([...argv, '--json']);
  return { ...(JSON.parse(stdout) as JsonDocument), exitCode };
}

/** Starts the command line and leaves it running, to be killed. */
export const startCli = (argv: readonly string[], environment: Record<string, string> = {}) =>
  execa(process.execPath, [CLI, ...argv], {
    reject: false,
    stdin: 'ignore',
    all: true,
    env: environment,
  });
