import { describe, expect, it } from 'vitest';
import {
  containerOf,
  desiredWith,
  observedRunning,
  withContainers,
} from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { Observed } from '../model/observed.ts';
import { formatPlan } from '../model/plan-text.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { planUp } from './plan-up.ts';

const desired = desiredWith();
const running = observedRunning(desired);
const imageOf = (service: string): string =>
  desired.catalog.workloads.find(({ id }) => id === service)!.image;

/** The image of each service is another one by now, under the name it had. */
function rebuilt(...services: string[]): Observed {
  const images = { ...running.images };
  for (const service of services) {
    const reference = imageOf(service);
    images[reference] = { ...images[reference]!, id: 'sha256:another' };
  }
  return { ...running, images };
}
const planOf = (observed: Observed) =>
  planUp(desired, observed, { title: 'Up', overwrite: false, renderOnly: false }).plan;
const lines = (observed: Observed): string[] =>
  formatPlan(planOf(observed))
    .split('\n')
    .slice(1)
    .map((line) => line.trim());

describe('an image rebuilt under its name', () => {
  it('makes the containers again that were made from it, and no others', () => {
    expect(lines(rebuilt('prometheus'))).toEqual([
      '[1] CreateContainers prometheus because their image was rebuilt',
      '[2] StartComponents prometheus because its containers are replaced or not healthy, after 1',
    ]);
  });

  it('of the migrations has them run before any service is replaced', () => {
    expect(lines(rebuilt('migrations-a', 'export-service-a'))).toEqual([
      '[1] CreateContainers migrations-a because their image was rebuilt',
      '[2] RunMigrations up to 1.0.0 because the schema is not proven to be that of 1.0.0, after 1',
      '[3] CreateContainers export-service-a because their image was rebuilt, after 1, 2',
      expect.stringMatching(/^\[4\] StartComponents export-service-a .*, after 1, 2, 3$/),
      expect.stringMatching(/^\[5\] RecordRelease 1\.0\.0 in slot a /),
    ]);
  });

  it('leads nowhere back by itself: who has to act is told', () => {
    const [create] = planOf(rebuilt('prometheus')).steps;
    expect(create?.irreversible).toContain('rebuild them');
  });

  it('that an override gave is found by the name the container has', () => {
    const mine = withContainers(rebuilt('prometheus'), ({ service }) =>
      service === 'prometheus' ? { image: 'mine:1', imageId: 'sha256:first' } : {},
    );
    const image = { reference: 'mine:1', id: 'sha256:first', version: '' };
    expect(lines({ ...mine, images: { ...mine.images, 'mine:1': image } })).toEqual([]);
    const other = { ...image, id: 'sha256:second' };
    expect(lines({ ...mine, images: { ...mine.images, 'mine:1': other } })).toHaveLength(2);
  });

  it('of a service that only the override has makes that one again', () => {
    const mailer = {
      ...containerOf(desired.catalog.workloads[0]!, desired),
      service: 'mailer',
      spec: '',
      image: 'mailer:1',
      imageId: 'sha256:first',
    };
    const observed: Observed = {
      ...running,
      containers: [...running.containers, mailer],
      images: {
        ...running.images,
        'mailer:1': { reference: 'mailer:1', id: 'sha256:second', version: '' },
      },
      override: { added: ['mailer'], rendered: true },
    };
    expect(lines(observed)).toEqual([
      '[1] StartAdded mailer because they are new, changed or not running',
    ]);
  });

  it('is one of the causes where there are more', () => {
    const observed = rebuilt('prometheus');
    const stale = withContainers(observed, ({ service }) =>
      service === 'alertmanager' ? { spec: 'of before' } : {},
    );
    expect(lines(stale)[0]).toMatch(/because their definition or their image changed$/);
  });

  it('tells nothing of a container whose image is not known, nor of an image that is gone', () => {
    const observed = rebuilt('prometheus');
    const containers = observed.containers.map(({ imageId, ...rest }) =>
      rest.service === 'prometheus' || imageId === undefined ? rest : { ...rest, imageId },
    );
    expect(lines({ ...observed, containers })).toEqual([]);
    const mine = withContainers(running, ({ service }) =>
      service === 'prometheus' ? { image: 'mine:1', imageId: 'sha256:first' } : {},
    );
    expect(lines(mine)).toEqual([]);
  });
});

it('an image that compose.override.yaml names and nobody has is refused before anything stops', () => {
  const observed: Observed = {
    ...running,
    override: { added: [], rendered: true, images: { postgres: 'factsway/postgres:nope' } },
  };
  const error = errorOf(() => planOf(observed));
  expect([error.code, error.exitCode]).toEqual(['FW-IMAGE-MISSING', 3]);
  expect(error.message).toBe(
    `${OVERRIDE_FILE} names an image that is not on this host: factsway/postgres:nope (postgres). Nothing was changed.`,
  );
  expect(error.hint).toContain('docker pull factsway/postgres:nope');
});
