import { defineConfig } from 'vitest/config';

/** Unit tests sit beside the code they test and run in seconds; scenarios have their own config. */
export default defineConfig({
  test: {
    include: [
      '{installer,services,monitoring,k8s,cloudfront,scripts,test,backup,updates}/**/*.test.ts',
    ],
    environment: 'node',
    restoreMocks: true,
    // One set of modules for all files of a worker: to load them anew for each took longer than the tests themselves.
    isolate: false,
    // A busy machine is no failure; this only ends what would never end.
    testTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'build/test-results/unit.json' }]],
  },
});
