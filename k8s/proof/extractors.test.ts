import { describe, expect, it } from 'vitest';
import { COMPOSE, DIRECTORY, FILES, MANIFESTS } from '../../test/fakes/small-platform.ts';
import { amount, expanded, imageOf } from './cluster-objects.ts';
import { imageParts, seconds } from './compose-project.ts';
import { factsFromCompose } from './from-compose.ts';
import { factsFromKubernetes } from './from-kubernetes.ts';

const sides = {
  Compose: factsFromCompose(COMPOSE, FILES, DIRECTORY),
  Kubernetes: factsFromKubernetes(MANIFESTS),
};

describe.each(Object.entries(sides))('facts of %s', (_, { components }) => {
  const cache = components['cache'];
  const asker = components['asker'];

  it('have dollars as the program gets them', () => {
    expect(cache?.command).toEqual(['run', 'costs $5 and $$(PORT)']);
    expect(cache?.environment['ODD']).toBe('a$$b');
  });

  it('have config files by path, with what they are and whether they run', () => {
    expect(cache?.files).toEqual({
      '/etc/cache/cache.conf': { text: 'size = 5\n', executable: false, writable: false },
      '/etc/cache/hooks/warm.sh': { text: '#!/bin/sh\n', executable: true, writable: false },
    });
  });

  it('have health in one form, and secrets at their paths', () => {
    expect(cache?.health).toEqual({
      argv: ['cache-ok', '127.0.0.1:6000'],
      intervalSeconds: 15,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 60,
    });
    expect(cache?.secrets['/run/secrets/cache-password']).toMatchObject({
      name: 'cache-password',
      key: 'cache-password',
    });
  });

  it('have who reaches whom', () => {
    expect(asker?.reaches).toEqual({ cache: ['6000'] });
    expect(cache?.reaches).toEqual({});
    expect([cache?.entered, cache?.leaves, cache?.names]).toEqual([[], [], { cache: ['6000'] }]);
  });
});

describe('what nobody reads stops an extractor', () => {
  it('in Compose', () => {
    const cache = { ...COMPOSE.services.cache, ulimits: { nofile: 1024 } };
    expect(() => factsFromCompose({ ...COMPOSE, services: { cache } }, FILES, DIRECTORY)).toThrow(
      'service cache: nobody reads "ulimits" here',
    );
  });

  it('in Kubernetes', () => {
    const text = JSON.stringify(MANIFESTS).replace('"args"', '"envFrom":[{}],"args"');
    expect(() => factsFromKubernetes(JSON.parse(text) as unknown[])).toThrow('"envFrom"');
    const without = MANIFESTS.filter(({ kind }) => kind !== 'ConfigMap');
    expect(() => factsFromKubernetes(without)).toThrow('there is no ConfigMap cache-x1');
  });
});

it.each([
  ['198Mi', 198 * 1024 ** 2],
  ['250m', 0.25],
  [2, 2],
  ['1.5Gi', 1.5 * 1024 ** 3],
])('the quantity %s is %d', (text, expected) => {
  expect(amount(text)).toBe(expected);
});

it('durations, images and what is neither', () => {
  expect([seconds('1m30s'), seconds('1h0m0s'), seconds('500ms')]).toEqual([90, 3600, 0.5]);
  expect(() => seconds('soon')).toThrow('soon');
  expect(() => amount('much')).toThrow('much');
});

it.each([
  ['$(A)', '1'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$1'],
  ['$(B) $A $', '$(B) $A $'],
  ['a$$b', 'a$b'],
  ['$(A', '$(A'],
])('the kubelet makes %s into %s', (text, expected) => {
  expect(expanded(text, { A: '1' })).toBe(expected);
});

it.each([
  ['host:5000/a/b', { name: 'host:5000/a/b', tag: '', digest: '' }],
  ['host:5000/a/b:1.2', { name: 'host:5000/a/b', tag: '1.2', digest: '' }],
  ['a/b:1.2@sha256:0f', { name: 'a/b', tag: '1.2', digest: 'sha256:0f' }],
  ['a/b@sha256:0f', { name: 'a/b', tag: '', digest: 'sha256:0f' }],
])('both read the image %s alike', (reference, expected) => {
  expect(imageParts(reference)).toEqual(expected);
  expect(imageOf(reference)).toEqual(expected);
});
