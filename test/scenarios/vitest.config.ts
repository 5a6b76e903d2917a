import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** In the order of their names: what is cheap and basic first, what breaks the shared system last. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)));
  }
}

/** Scenarios: one obligation each, against a real engine. They share one engine, one set of images and one running system. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/scenarios/*.scenario.ts'],
    globalSetup: ['test/scenarios/support/shared-system.ts'],
    // Two cores: side by side, scenarios would only wait for each other.
    fileParallelism: false,
    sequence: { sequencer: ByName },
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: ['verbose', ['json', { outputFile: 'build/test-results/scenarios.json' }]],
  },
});
