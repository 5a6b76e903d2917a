import { defineConfig } from 'vitest/config';

/**
 * Tests against a real Postgres; `integration-support.ts` says what the environment must hold.
 *
 *   npx vitest run --config services/vitest.integration.config.ts
 */
export default defineConfig({
  test: {
    include: ['services/**/*.integration.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Roles belong to the whole server, so two files must not change them at the same time.
    fileParallelism: false,
  },
});
