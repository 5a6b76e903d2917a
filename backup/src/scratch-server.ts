import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { connect } from './live.ts';
import { TMP } from './paths.ts';
import { childCommand, CLEAN_ENVIRONMENT } from './run.ts';

export interface ScratchOptions {
  readonly data: string;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ScratchServer {
  readonly socket: string;
  /** Stops it cleanly. @throws Error when it did not */
  readonly stop: () => Promise<void>;
}

/** The server ended before it was ready; what it said last. */
export class ScratchFailed extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super('the restored database did not start');
    this.lines = lines;
  }
}

/** Enough for any recovery; the server of the product has its own, for its own memory. */
function scratchSettings(directory: string, options: ScratchOptions): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: directory,
    unix_socket_permissions: '0700',
    hba_file: `${directory}/pg_hba.conf`,
    // On with nothing to do: segments of the new timeline wait for the server that will archive them.
    // With off they would never be archived, and no restore could cross this one.
    archive_mode: 'on',
    archive_command: '',
    // No queries before the end of recovery: with them the settings of the old server had to be matched.
    hot_standby: 'off',
    shared_preload_libraries: '',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    // In a drill as well, whose directory is thrown away: what it measures is how long a restore takes.
    fsync: 'on',
    autovacuum: 'off',
    ssl: 'off',
    jit: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    log_statement: 'none',
    ...options.settings,
  };
}

/**
 * Starts PostgreSQL on a restored directory, on a socket that nobody else knows, and returns when
 * recovery is over and it takes queries.
 *
 * @throws ScratchFailed
 */
export async function startScratch(options: ScratchOptions): Promise<ScratchServer> {
  removeLeftovers();
  const directory = mkdtempSync(`${TMP}/scratch-`);
  writeFileSync(`${directory}/pg_hba.conf`, 'local all all trust\n');
  const settings = Object.entries(scratchSettings(directory, options));
  const args = [
    '-D',
    options.data,
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const command = childCommand('postgres', args, 'QUIT');
  const child = spawn(command.program, command.args, {
    env: CLEAN_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe', ...command.lock],
  });
  const lines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
    });
  }
  let ended: number | null = null;
  const end = new Promise<number>((resolve) => {
    child.on('error', () => {
      resolve(127);
    });
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
  void end.then((code) => (ended = code));

  const hasEnded = (): boolean => ended !== null;
  while (!(await takesQueries(directory))) {
    if (hasEnded()) {
      rmSync(directory, { recursive: true, force: true });
      throw new ScratchFailed(lines);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    socket: directory,
    stop: async () => {
      // Fast shutdown: ends the clients, writes a checkpoint.
      child.kill('SIGINT');
      const code = await end;
      rmSync(directory, { recursive: true, force: true });
      if (code !== 0) throw new ScratchFailed(lines);
    },
  };
}

/** Of commands that were killed; whoever holds the lock is the only one to have such a server. */
function removeLeftovers(): void {
  for (const name of readdirSync(TMP).filter((entry) => entry.startsWith('scratch-'))) {
    rmSync(`${TMP}/${name}`, { recursive: true, force: true });
  }
}

async function takesQueries(socket: string): Promise<boolean> {
  try {
    const client = await connect('postgres', socket);
    try {
      const { rows } = await client.query<{ done: boolean }>(
        'SELECT NOT pg_is_in_recovery() AS done',
      );
      return rows[0]?.done === true;
    } finally {
      await client.end();
    }
  } catch {
    return false;
  }
}
