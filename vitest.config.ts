import { defineConfig } from 'vitest/config';

/** Unit tests sit beside the code they test and run in seconds; scenarios have their own config. */
export default defineConfig({
  test: {
    include: ['{installer,services,monitoring,k8s,scripts,test,backup}/**/*.test.ts'],
    environment: 'node',
    restoreMocks: true,
    // A busy machine is no failure; this only ends what would never end.
    testTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'build/test-results/unit.json' }]],
  },
});
