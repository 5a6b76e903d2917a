import { LOG_LEVELS } from '../../shared-utils/src/logger.ts';
import {
  PostgresTlsError,
  readPostgresTls,
  type PostgresTls,
} from '../../shared-utils/src/postgres-tls.ts';
import { readSecretFile } from '../../shared-utils/src/secret-file.ts';
import { MigrateError } from './result.ts';

/** Where the database is and how patient the run may be. Times are in milliseconds. */
export interface MigrateConfig {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: PostgresTls;
  readonly directory: string;
  readonly logLevel: string;
  readonly connectTimeoutMs: number;
  /** How long to wait for another run to release the advisory lock. */
  readonly lockWaitMs: number;
  /** Postgres `lock_timeout` of every migration: how long serving requests may queue behind it. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly allowContract: boolean;
}

/** What the command line asks for. */
export interface Command {
  readonly name: 'up' | 'down' | 'down-to' | 'status';
  readonly target: string | undefined;
  readonly allowContract: boolean;
}

/** @throws MigrateError FW-MIGRATION-USAGE */
export function parseCommand(args: readonly string[]): Command {
  const allowContract = args.includes('--allow-contract');
  const [name, target, ...rest] = args.filter((argument) => argument !== '--allow-contract');
  const known = name === 'up' || name === 'down' || name === 'down-to' || name === 'status';
  const wantsTarget = name === 'down-to';
  if (!known || rest.length > 0 || (target !== undefined) !== wantsTarget) {
    throw new MigrateError(
      'FW-MIGRATION-USAGE',
      `"${args.join(' ')}" is not a command.`,
      'Use: up [--allow-contract] | down | down-to NAME (or 0) | status',
    );
  }
  return { name, target, allowContract };
}

/** @throws MigrateError FW-MIGRATION-CONFIG naming the variable */
export function readConfig(env: NodeJS.ProcessEnv, buildVersion: string): MigrateConfig {
  const version = env['APP_VERSION'] ?? buildVersion;
  if (version !== buildVersion) {
    throw wrong('APP_VERSION', `is ${version}, but this program was built as ${buildVersion}`);
  }
  return {
    version,
    host: required(env, 'POSTGRES_HOST'),
    port: portOf(env),
    database: required(env, 'POSTGRES_DB'),
    user: required(env, 'POSTGRES_USER'),
    password: readPassword(env),
    tls: tlsOf(env),
    directory: env['MIGRATIONS_DIR'] ?? '/app/sql',
    logLevel: logLevelOf(env),
    connectTimeoutMs: numberOf(env, 'MIGRATE_CONNECT_TIMEOUT_SECONDS', 60) * 1000,
    lockWaitMs: numberOf(env, 'MIGRATE_LOCK_WAIT_SECONDS', 120) * 1000,
    lockTimeoutMs: numberOf(env, 'MIGRATE_LOCK_TIMEOUT_SECONDS', 4) * 1000,
    statementTimeoutMs: numberOf(env, 'MIGRATE_STATEMENT_TIMEOUT_SECONDS', 600) * 1000,
    allowContract: env['ALLOW_CONTRACT'] === 'true',
  };
}

function readPassword(env: NodeJS.ProcessEnv): string {
  const path = env['POSTGRES_PASSWORD_FILE'];
  if (path === undefined || path === '') return required(env, 'POSTGRES_PASSWORD');
  let password: string;
  try {
    password = readSecretFile(path);
  } catch {
    throw wrong('POSTGRES_PASSWORD_FILE', `names ${path}, which cannot be read`);
  }
  if (password === '') throw wrong('POSTGRES_PASSWORD_FILE', `names ${path}, an empty file`);
  return password;
}

function tlsOf(env: NodeJS.ProcessEnv): PostgresTls {
  try {
    return readPostgresTls(env);
  } catch (error) {
    if (error instanceof PostgresTlsError) throw wrong(error.variable, error.problem);
    throw error;
  }
}

function portOf(env: NodeJS.ProcessEnv): number {
  const port = numberOf(env, 'POSTGRES_PORT', 5432);
  if (Number.isInteger(port) && port <= 65_535) return port;
  throw wrong('POSTGRES_PORT', `is ${port}, which is not a port`);
}

function logLevelOf(env: NodeJS.ProcessEnv): string {
  const level = env['LOG_LEVEL'] ?? '';
  if (level === '' || LOG_LEVELS.includes(level)) return level === '' ? 'info' : level;
  throw wrong('LOG_LEVEL', `is "${level}"; allowed: ${LOG_LEVELS.join(', ')}`);
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw wrong(name, 'is not set');
  return value;
}

function numberOf(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw wrong(name, `is "${text}", which is not a positive number`);
}

function wrong(variable: string, problem: string): MigrateError {
  return new MigrateError(
    'FW-MIGRATION-CONFIG',
    `${variable} ${problem}.`,
    `Set ${variable} for the migrations container.`,
  );
}
