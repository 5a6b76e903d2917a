import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** In the order of their names: what is cheap and basic first, what breaks the shared system last. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)));
  }
}

const scenarios = (...names: string[]): string[] =>
  names.map((name) => `test/scenarios/${name}.scenario.ts`);
/** They have installations of their own and leave the engine alone. */
const APART = scenarios(
  '13-*',
  '15-external-*',
  '15-proxy',
  '16-*',
  '17-*',
  '19-*',
  '22-*',
  '31-*',
  '33-*',
  '34-*',
);
/** The same, and long by themselves: restores, drills, damage, lost servers. */
const BACKUPS = scenarios('25-*', '26-*', '27-*');
/** Requests are sent and counted all the time: nothing else may be at work. */
const UPGRADES = scenarios('21-*', '23-*', '24-*');
/** Minutes in which alerts wait, and the machine with them. */
const LIVE = scenarios('18-*');
/** The rules of the monitoring in promtool, which needs no platform. */
const RULES = scenarios('05-rules');
/** The update server, its releases and its mirror: S3 in a container and ports of their own. */
const UPDATES = scenarios('28-*', '29-*', '30-*');

/** Scenarios with what they share; within a lane one after the other, because on two cores they would only wait for each other. */
const lane = (name: string, groupOrder: number, test: object) => ({
  extends: true as const,
  test: { name, fileParallelism: false, sequence: { groupOrder }, ...test },
});

/**
 * Scenarios: one obligation each, against a real engine. They share one engine and one set of images, those of the first
 * lane one running system as well. scripts/test says which lanes run side by side.
 */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    sequence: { sequencer: ByName },
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: ['verbose', 'json'],
    outputFile: { json: 'build/test-results/scenarios.json' },
    projects: [
      lane('shared', 0, {
        include: scenarios('*'),
        exclude: [...UPGRADES, ...APART, ...LIVE, ...BACKUPS, ...UPDATES, ...RULES],
        globalSetup: ['test/scenarios/support/shared-system.ts'],
      }),
      lane('upgrades', 1, { include: UPGRADES }),
      lane('apart', 2, { include: APART }),
      lane('rules', 3, { include: RULES }),
      lane('live', 4, { include: LIVE }),
      lane('backups', 5, { include: BACKUPS }),
      lane('updates', 6, { include: UPDATES }),
    ],
  },
});
