import { join } from 'node:path';
import { packageTemplates } from '../installer/src/adapters/package-templates.ts';
import { buildCatalog } from '../installer/src/catalog/catalog.ts';
import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import { configSchema } from '../installer/src/model/config.ts';
import { renderBundle } from '../installer/src/render/render-bundle.ts';
import { TemplateEngine } from '../installer/src/render/template-engine.ts';
import { summarise } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const COUNTS = [8, 32, 128, 256] as const;
const RUNS = 9;
/** Beyond proportional: every service names the address of every other, which is a square by contract. */
const LIMIT = 1.5;

const invented = (count: number): ServiceEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `bench${index}-service`,
    shortName: `bench${index}`,
    port: 4000 + index,
    routes: [`/api/bench${index}`],
    purpose: 'made up for the bench',
    memoryWeight: 1,
  }));

/** Rendering of 8 to 256 services in one process, milliseconds per service. */
export async function renderRows(): Promise<Row[]> {
  const engine = new TemplateEngine(await packageTemplates(join(import.meta.dirname, '..')).load());
  const config = configSchema.parse({ host: { memory: '4TiB', cores: 64 } });
  const samples = COUNTS.map((count) => {
    const services = invented(count);
    const once = (): number => {
      const begun = performance.now();
      renderBundle(buildCatalog(config, ['a'], services), engine);
      return performance.now() - begun;
    };
    once();
    return { count, ...summarise(Array.from({ length: RUNS }, once)) };
  });
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return [];
  const growth = last.median / last.count / (first.median / first.count);
  return [
    {
      what: 'render from 8 to 256 services',
      measured: `${milliseconds(first.median)} → ${milliseconds(last.median)}: ${times(growth)} per service`,
      against: '8 services',
      target: `linear (≤ ${LIMIT}× per service)`,
      met: growth <= LIMIT,
      details: samples,
    },
  ];
}
