import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageTemplates } from '../installer/src/adapters/package-templates.ts';
import { configSchema } from '../installer/src/model/config.ts';
import { TemplateEngine } from '../installer/src/render/template-engine.ts';
import { exportKubernetes } from '../k8s/export-kubernetes.ts';
import { inventedServices } from './lib/invented-services.ts';
import { paired, summarise, time, timed } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const RUNS = 15;
const GROWTH_RUNS = 5;
const [FEW, MANY] = [8, 256] as const;
/** Of what kompose takes for the same file; it is in no registry of packages here. */
const LIMIT = 6;
const LINEAR = 1.5;
const CLI = join(import.meta.dirname, '../dist/factsway-install.js');

/** `export k8s` from a cold process, and of 8 and 256 services in a warm one. */
export async function exportRows(): Promise<Row[]> {
  return [await cold(), ...(await growth())];
}

async function cold(): Promise<Row> {
  const work = await mkdtemp(join(tmpdir(), 'factsway-bench-'));
  const instance = join(work, 'instance');
  let directory = 0;
  try {
    await execa(process.execPath, [CLI, 'render', '--quiet', '--dir', instance]);
    const { ours, theirs, ratio } = await paired(
      RUNS,
      () => {
        const out = join(work, String((directory += 1)));
        return time(process.execPath, [
          CLI,
          'export',
          'k8s',
          '--quiet',
          '--dir',
          instance,
          '--out',
          out,
        ]);
      },
      () => time(process.execPath, ['-e', '0']),
    );
    return {
      what: 'export k8s, both overlays, cold',
      measured: `${milliseconds(ours.median)}, ${times(ratio.median)}`,
      against: `node -e 0: ${milliseconds(theirs.median)}; kompose cannot be had here`,
      target: `≤ ${LIMIT}× of node`,
      met: ratio.median <= LIMIT,
      details: { ours, theirs, ratio },
    };
  } finally {
    await rm(work, { recursive: true });
  }
}

/** As many exports of few services as make up one of many, in turn. */
async function growth(): Promise<Row[]> {
  const engine = new TemplateEngine(await packageTemplates(join(import.meta.dirname, '..')).load());
  const config = configSchema.parse({ host: { memory: '4TiB', cores: 64 } });
  const [few, many] = [inventedServices(FEW), inventedServices(MANY)];
  /** The addresses of all others are told to each by contract: a square that is not ours. */
  const lines = (services: typeof few): number =>
    exportKubernetes(config, engine, {}, services).files.reduce(
      (sum, { content }) =>
        sum + content.split('\n').filter((line) => !/_SERVICE_URL|value: http:/.test(line)).length,
      0,
    );
  const [fewLines, manyLines] = [lines(few), lines(many)];
  const pairs = Array.from({ length: GROWTH_RUNS }, () => ({
    few:
      timed(() =>
        Array.from({ length: MANY / FEW }, () => exportKubernetes(config, engine, {}, few)),
      ) /
      (MANY / FEW),
    many: timed(() => exportKubernetes(config, engine, {}, many)),
  }));
  const perService = summarise(pairs.map((pair) => pair.many / MANY / (pair.few / FEW)));
  const [first, last] = [
    summarise(pairs.map((one) => one.few)),
    summarise(pairs.map((one) => one.many)),
  ];
  const perLine = manyLines / MANY / (fewLines / FEW);
  return [
    {
      what: `export k8s from ${FEW} to ${MANY} services, per service`,
      measured: `${milliseconds(first.median)} → ${milliseconds(last.median)}: ${times(perService.median)}; lines without addresses ${times(perLine)}`,
      against: `${FEW} services`,
      target: `linear (≤ ${times(LINEAR)})`,
      met: perService.median <= LINEAR,
      details: { perService, few: first, many: last, lines: [fewLines, manyLines] },
    },
  ];
}
