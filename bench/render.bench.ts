import { join } from 'node:path';
import { packageTemplates } from '../installer/src/adapters/package-templates.ts';
import { buildCatalog } from '../installer/src/catalog/catalog.ts';
import type { ServiceEntry } from '../installer/src/catalog/services/service.ts';
import { configSchema } from '../installer/src/model/config.ts';
import { renderBundle } from '../installer/src/render/render-bundle.ts';
import { TemplateEngine } from '../installer/src/render/template-engine.ts';
import { inventedServices } from './lib/invented-services.ts';
import { summarise, timed } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const FEW = 8;
const MANY = 256;
const RUNS = 9;
const LIMIT = 1.5;
/** Shipped as it is, whatever is rendered: its bytes cost nothing. */
const NOT_RENDERED = 'factsway.schema.json';

/**
 * Rendering of 8 and of 256 services in one process: as many renderings of few as make up one of many, in turn, so
 * that both see the same machine and the same number of services.
 *
 * Per service it cannot stay the same: the contract has every service told the address of every other, so the text
 * itself grows with the square. A profile of 256 services says where the time goes: 30 % reading the text back, 20 %
 * writing it, 20 % collecting garbage, and nowhere else more than some per cent. So the bytes are measured as well.
 */
export async function renderRows(): Promise<Row[]> {
  const engine = new TemplateEngine(await packageTemplates(join(import.meta.dirname, '..')).load());
  const config = configSchema.parse({ host: { memory: '4TiB', cores: 64 } });
  const render = (services: readonly ServiceEntry[]): number =>
    renderBundle(buildCatalog(config, ['a'], services), engine)
      .files.filter(({ path }) => path !== NOT_RENDERED)
      .reduce((bytes, { content }) => bytes + Buffer.byteLength(content), 0);
  const [few, many] = [inventedServices(FEW), inventedServices(MANY)];
  // Once without counting: the compiled templates and the bytes.
  const [fewBytes, manyBytes] = [render(few), render(many)];
  const repeats = MANY / FEW;
  const pairs = Array.from({ length: RUNS }, () => ({
    few: timed(() => Array.from({ length: repeats }, () => render(few))) / repeats,
    many: timed(() => render(many)),
  }));

  const text = manyBytes / MANY / (fewBytes / FEW);
  const growth = summarise(pairs.map((pair) => pair.many / MANY / (pair.few / FEW)));
  const perByte = summarise(pairs.map((pair) => pair.many / manyBytes / (pair.few / fewBytes)));
  const [first, last] = [
    summarise(pairs.map((pair) => pair.few)),
    summarise(pairs.map((pair) => pair.many)),
  ];
  const from = `render from ${FEW} to ${MANY} services`;
  const measured = `${milliseconds(first.median)} → ${milliseconds(last.median)}`;
  return [
    {
      what: `${from}, per service`,
      measured: `${measured}: ${times(growth.median)}; the text alone ${times(text)}, a square by contract`,
      against: `${FEW} services`,
      target: `linear (≤ ${times(LIMIT)})`,
      met: growth.median <= LIMIT,
      details: { growth, text, few: first, many: last },
    },
    {
      what: `${from}, per rendered byte`,
      measured: `${kilobytes(fewBytes)} → ${kilobytes(manyBytes)}: ${times(perByte.median)}`,
      against: `${FEW} services`,
      target: `linear (≤ ${times(LIMIT)})`,
      met: perByte.median <= LIMIT,
      details: { perByte, fewBytes, manyBytes },
    },
  ];
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
