import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { root: '/tmp/wt/merge', include: ['test/scenarios/*.scenario.ts'], fileParallelism: false, testTimeout: 240000, hookTimeout: 300000, reporters: ['verbose'] } });
