import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { buildServices } from '../scripts/build-services.ts';
import { readSecretFile } from './shared-utils/src/secret-file.ts';

/**
 * What the integration tests share. They need a Postgres (15 or later) given by
 *
 *   POSTGRES_HOST, POSTGRES_PORT
 *   POSTGRES_ADMIN_USER, POSTGRES_ADMIN_PASSWORD    may create databases and roles
 *   OWNER_PASSWORD_FILE, APP_PASSWORD_FILE          only where factsway_owner and factsway_app exist
 *
 * Every test works in a database of its own, which is dropped again; roles made here are, too.
 */
export const HOST = process.env['POSTGRES_HOST'] ?? '127.0.0.1';
export const PORT = Number(process.env['POSTGRES_PORT'] ?? 5432);

/** Every character that has ever broken a configuration file, and a newline in the middle. */
export const TORTURE = `$:{}"'#\\n%&é\\\nx`;

export const WORK = mkdtempSync(join(tmpdir(), 'factsway-integration-'));
/** The bundles of both releases, as the images hold them. */
export const OUT = join(WORK, 'build');

export interface Passwords {
  readonly owner: string;
  readonly app: string;
  /** Files that hold them, with one newline at the end. */
  readonly ownerFile: string;
  readonly appFile: string;
}

/** Runs `work` with a connection of the administrator. */
export async function asAdmin<T>(work: (client: pg.Client) => Promise<T>, database = 'postgres') {
  const client = new pg.Client({
    host: HOST,
    port: PORT,
    database,
    user: process.env['POSTGRES_ADMIN_USER'] ?? 'postgres',
    password: process.env['POSTGRES_ADMIN_PASSWORD'] ?? '',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The roles of the platform: those that exist, or new ones with the torture password. */
async function prepareRoles(): Promise<{ passwords: Passwords; drop: () => Promise<void> }> {
  const made: string[] = [];
  await asAdmin(async (client) => {
    for (const role of ['factsway_owner', 'factsway_app', 'factsway_monitor']) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (rowCount !== 0) continue;
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(TORTURE)}`);
      made.push(role);
    }
  });
  const secret = (role: string, variable: string) => {
    const file = process.env[variable];
    if (file !== undefined && !made.includes(role)) return { file, value: readSecretFile(file) };
    return { file: writeSecret(role, TORTURE), value: TORTURE };
  };
  const owner = secret('factsway_owner', 'OWNER_PASSWORD_FILE');
  const app = secret('factsway_app', 'APP_PASSWORD_FILE');
  return {
    passwords: {
      owner: owner.value,
      app: app.value,
      ownerFile: owner.file,
      appFile: app.file,
    },
    drop: () =>
      asAdmin(async (client) => {
        for (const role of made) await client.query(`DROP ROLE ${role}`);
      }),
  };
}

/** Writes a secret as a person would: with a newline after it. */
export function writeSecret(name: string, value: string): string {
  const file = join(WORK, name);
  writeFileSync(file, `${value}\n`);
  return file;
}

/** Bundles both releases and makes the roles. `undo` leaves nothing behind. */
export async function prepareReleases(): Promise<{
  passwords: Passwords;
  undo: () => Promise<void>;
}> {
  await buildServices('1.0.0', OUT);
  await buildServices('1.1.0', OUT);
  const { passwords, drop } = await prepareRoles();
  const undo = async () => {
    await drop();
    rmSync(WORK, { recursive: true });
  };
  return { passwords, undo };
}

let databases = 0;

export interface ScratchDatabase {
  readonly name: string;
  readonly drop: () => Promise<void>;
}

/** A database of its own, owned by factsway_owner. */
export async function scratchDatabase(): Promise<ScratchDatabase> {
  databases += 1;
  const name = `factsway_it_${process.pid}_${databases}`;
  await asAdmin((client) => client.query(`CREATE DATABASE ${name} OWNER factsway_owner`));
  return {
    name,
    drop: () =>
      asAdmin(async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }),
  };
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly finished: Promise<Finished>;
}

/** Starts a Node program with nothing but this environment. */
export function run(args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk.toString()));
  const finished = once(child, 'close').then(([code]: unknown[]) => ({
    code: typeof code === 'number' ? code : null,
    stdout: out.join(''),
    stderr: err.join(''),
  }));
  return { child, output: () => out.join(''), finished };
}

/** Starts the migrations program of a release as its container would, with the owner role. */
export function startMigrations(
  release: string,
  args: readonly string[],
  at: { readonly database: string; readonly passwordFile: string },
  env: Record<string, string> = {},
): Running {
  return run([join(OUT, release, 'migrations/migrate.mjs'), ...args], {
    APP_VERSION: release,
    MIGRATIONS_DIR: join(OUT, release, 'migrations/sql'),
    POSTGRES_HOST: HOST,
    POSTGRES_PORT: String(PORT),
    POSTGRES_DB: at.database,
    POSTGRES_USER: 'factsway_owner',
    POSTGRES_PASSWORD_FILE: at.passwordFile,
    ...env,
  });
}

/** Waits until `condition` holds. @throws Error naming `what` after `seconds` */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
  seconds = 10,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * A way to Postgres that can be cut or go silent: what a service sees when the database goes away,
 * or when the network swallows what is sent.
 */
export async function cuttableProxy() {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection({ host: HOST, port: PORT });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const unplug = () => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
    mend: () => listen(port),
    /** What is connected stays so and never hears anything again; new connections work. */
    silence: unplug,
  };
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
