import type { FastifyInstance } from 'fastify';
import { createPlatform, type Platform } from '../../shared-utils/src/platform.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import type { PooledDatabase } from './database.ts';

/** An environment in which every service starts. */
export const GOOD_ENV: Readonly<Record<string, string>> = {
  DEPLOYMENT_ENV: 'enterprise',
  SERVICE_NAME: 'records',
  PORT: '3001',
  APP_VERSION: '1.0.0',
  POSTGRES_HOST: 'postgres',
  POSTGRES_DB: 'factsway',
  POSTGRES_USER: 'factsway_app',
  POSTGRES_PASSWORD: 'p',
};

type Rows = readonly Record<string, unknown>[];
type Answer = (name: string, text: string, values: readonly unknown[]) => Rows;

/** A database that answers as the test says. */
export function fakeDatabase(answer: Answer): PooledDatabase {
  return {
    query: (name, text, values = []) =>
      new Promise((resolve) => {
        resolve(answer(name, text, values));
      }),
    ping: () => Promise.resolve(),
    hold: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** A started service over a fake database; `inject` it, nothing listens. */
export function serviceUnderTest(
  answer: Answer,
  env: Record<string, string> = {},
): { readonly app: FastifyInstance; readonly platform: Platform; readonly lines: string[] } {
  const config = readConfig({ ...GOOD_ENV, ...env }, undefined);
  const lines: string[] = [];
  const platform = createPlatform({
    service: config.service,
    version: config.version,
    checks: {},
    env,
    logDestination: { write: (line) => void lines.push(line) },
  });
  platform.health.markStarted();
  return { app: createApp(config, platform, fakeDatabase(answer)), platform, lines };
}
