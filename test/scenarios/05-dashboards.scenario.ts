import { expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { DASHBOARDS } from '../../monitoring/dashboards/index.ts';
import { panelsOf } from '../../monitoring/dashboards/shape.ts';
import { until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';
import {
  emptyOf,
  MAY_BE_EMPTY,
  mayBeEmpty,
  panelQueries,
  type PanelQuery,
} from './support/panel-queries.ts';

const PROMETHEUS = `http://127.0.0.1:${SHARED.ports.prometheus}`;

/** Something good for every service, and something it refuses. */
async function traffic(): Promise<void> {
  const ca = SHARED.file('state/root-ca.crt');
  for (const path of SERVICES.flatMap(({ routes }) => routes)) {
    expect((await throughEdge(`${SHARED.url}${path}`, ca)).status, path).toBe(200);
    await throughEdge(`${SHARED.url}${path}/not-an-id`, ca);
  }
}

it('every query of every panel returns data from the running Prometheus', async () => {
  const chosenBy = async (): Promise<Set<string>> =>
    new Set((await panelQueries(PROMETHEUS)).flatMap(({ service }) => service ?? []));
  await until(
    'every service was scraped',
    60,
    async () => (await chosenBy()).size === SERVICES.length,
  );
  const wanted = (await panelQueries(PROMETHEUS)).filter((query) => !mayBeEmpty(query));
  expect(new Set(wanted.map(({ dashboard }) => dashboard)).size).toBe(
    Object.keys(DASHBOARDS).length,
  );
  let empty: PanelQuery[] = wanted;
  try {
    // Two scrapes and one evaluation of the recording rules after the first request, at least.
    await until('every panel has data', 180, async () => {
      await traffic();
      empty = await emptyOf(PROMETHEUS, empty);
      return empty.length === 0;
    });
  } catch (error) {
    const named = empty.map(({ dashboard, panel, expr }) => `${dashboard}, ${panel}: ${expr}`);
    throw new Error(['still without data', ...named].join('\n'), { cause: error });
  }
}, 300_000);

it('panels that may be empty are asked as well, and Prometheus refuses none', async () => {
  const optional = (await panelQueries(PROMETHEUS)).filter(mayBeEmpty);
  expect(optional.length).toBeGreaterThanOrEqual(MAY_BE_EMPTY.length);
  await emptyOf(PROMETHEUS, optional);
});

it('the list of panels that may be empty names panels that exist', () => {
  const titles = Object.values(DASHBOARDS).flatMap((dashboard) =>
    panelsOf(dashboard).map(({ title = '' }) => `${dashboard.uid ?? ''}: ${title}`),
  );
  for (const { dashboard, panel } of MAY_BE_EMPTY)
    expect(titles).toContain(`${dashboard}: ${panel}`);
});
