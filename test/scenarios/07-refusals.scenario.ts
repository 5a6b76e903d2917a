import { existsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { containersOf } from './support/docker.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { SCRATCH, SHARED } from './support/instance.ts';

afterEach(() => SCRATCH.remove());

it('a service image of another version is refused before anything starts, by name', async () => {
  const image = await deriveImage(
    'factsway-test/facts-service:1.0.0',
    'factsway/facts-service:1.1.0',
    {},
  );
  try {
    const run = await SCRATCH.install({ 'images.overrides.facts-service': image });
    expect(await containersOf(SCRATCH.project)).toEqual([]);
    expect(run.exitCode).toBe(3);
    expect(run.errors[0]?.code).toBe('FW-IMAGE-VERSION');
    expect(run.errors[0]?.message).toContain('factsway-test/facts-service:1.0.0 is 1.1.0');
    expect(existsSync(SCRATCH.directory)).toBe(false);
  } finally {
    await removeImages(image);
  }
});

it('an image that does not say its version is refused as well', async () => {
  const image = await deriveImage(
    'factsway-test/nameless:1',
    'factsway/node:debian-13',
    {},
    { 'org.opencontainers.image.version': '' },
  );
  try {
    const run = await SCRATCH.install({ 'images.overrides.caselaw-service': image });
    expect(run.errors[0]?.message).toContain('factsway-test/nameless:1 does not say its version');
  } finally {
    await removeImages(image);
  }
});

it('an image no registry gives ends with everything put back', async () => {
  const run = await SCRATCH.install(
    {
      'images.source': 'upstream',
      'images.registry': 'localhost:1/nobody',
      'monitoring.grafana': 'off',
    },
    // Preflight would say so before anything is done.
    ['--skip-check', 'registry'],
  );
  expect(await containersOf(SCRATCH.project)).toEqual([]);
  expect(run.exitCode).toBe(5);
  expect(run.errors[0]?.code).toBe('FW-IMAGE-PULL');
});

it('a project of the same name in another directory is left alone', async () => {
  const before = await containersOf(SHARED.project, 'running');
  const run = await SCRATCH.install({ project: SHARED.project });
  expect(run.errors[0]?.code).toBe('FW-PROJECT-FOREIGN');
  expect(run.errors[0]?.message).toContain(SHARED.directory);
  expect(await containersOf(SHARED.project, 'running')).toEqual(before);
});
