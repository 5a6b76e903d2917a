import { describe, expect, it } from 'vitest';
import { panicking } from '../../../../../test/fakes/panic.ts';
import {
  fakeMachine,
  fakeProbes,
  goodFacts,
  viewWith,
} from '../../../../../test/fakes/preflight.ts';
import { catalogWith } from '../../../../../test/fakes/builders.ts';
import type { Docker } from '../../../ports/docker.ts';
import type { RegistryImage } from '../../../ports/engine-probes.ts';
import type { Http } from '../../../ports/http.ts';
import { collectImages, collectRegistry } from './images.ts';
import { isInsecure, registryAddress, registryHost } from './registry-address.ts';

const SETTINGS = { images: { source: 'upstream', registry: 'registry.example.com/f' } };
const facts = goodFacts(catalogWith(SETTINGS));
const CADDY = 'docker.io/library/caddy:2.10.2';
const MIGRATIONS = 'registry.example.com/f/migrations:1.0.0';
/** All images are here but these two. */
const images = {
  ...facts.images,
  local: facts.images.local.filter(({ reference }) => ![CADDY, MIGRATIONS].includes(reference)),
};

async function ask(answers: Readonly<Record<string, RegistryImage>>, http: Partial<Http> = {}) {
  const engineProbes = fakeProbes({
    askRegistry: async (reference) => answers[reference] ?? { status: 200, platforms: [] },
  });
  const ports = {
    engineProbes,
    machine: fakeMachine(),
    http: panicking<Http>('http', http),
  };
  const { asked } = await collectRegistry(
    viewWith({ settings: SETTINGS, facts: { images }, ports }),
  );
  return Object.fromEntries(asked.map(({ reference, result }) => [reference, result]));
}
const answering = (status: number): Partial<Http> => ({
  request: async () => ({ status, headers: {}, body: '' }),
});

describe('the registry of an image reference', () => {
  it.each([
    ['docker.io/library/caddy:2', 'docker.io'],
    ['caddy:2', 'docker.io'],
    ['prom/prometheus:v3', 'docker.io'],
    ['registry.example.com/a/b:1', 'registry.example.com'],
    ['localhost/a:1', 'localhost'],
    ['localhost:5000/a:1', 'localhost:5000'],
    ['registry:5000/a:1', 'registry:5000'],
  ])('%s: %s', (reference, host) => {
    expect(registryHost(reference)).toBe(host);
  });

  it('is spoken to without TLS on this machine and where the engine is told to', () => {
    expect(['127.0.0.1:5000', 'localhost', 'a:5000'].map((one) => isInsecure(one, []))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isInsecure('a:5000', ['a:5000'])).toBe(true);
    expect(registryAddress('docker.io', false)).toBe('https://registry-1.docker.io/v2/');
    expect(registryAddress('a:5000', true)).toBe('http://a:5000/v2/');
  });
});

describe('images at their registries', () => {
  it('are asked for only where they are not here, and the engine asks', async () => {
    expect(await ask({ [CADDY]: { status: 404, reason: 'manifest unknown' } })).toEqual({
      [CADDY]: { answer: 'absent' },
      [MIGRATIONS]: { answer: 'found', platforms: [] },
    });
  });

  it.each([
    [401, 'login'],
    [403, 'login'],
    [200, 'unreachable'],
    [503, 'unreachable'],
  ])('nothing got, and the registry itself answers %d: %s', async (status, answer) => {
    const refused = { [CADDY]: { status: 500, reason: 'why' } };
    const found = await ask(refused, answering(status));
    expect(found[CADDY]).toEqual({ answer, reason: 'why' });
  });

  it('a registry that does not answer us either cannot be reached', async () => {
    const silent = { request: () => Promise.reject(new Error('no answer')) };
    const found = await ask({ [CADDY]: { status: 0, reason: 'timeout' } }, silent);
    expect(found[CADDY]).toEqual({ answer: 'unreachable', reason: 'timeout' });
  });

  it('an engine that says it is a login needs no second opinion', async () => {
    const found = await ask({ [CADDY]: { status: 401, reason: 'unauthorized' } });
    expect(found[CADDY]?.answer).toBe('login');
  });

  it('built on this host are asked for nowhere', async () => {
    const engineProbes = fakeProbes();
    expect(await collectRegistry(viewWith({ ports: { engineProbes } }))).toEqual({ asked: [] });
  });
});

it('images on this host are told with version and processor', async () => {
  const docker = panicking<Docker>('docker', {
    images: async () => ({
      'factsway/edge:debian-13': { reference: 'factsway/edge:debian-13', id: 'x', version: '' },
    }),
  });
  const found = await collectImages(viewWith({ ports: { docker } }));
  expect(found.local).toEqual([
    { reference: 'factsway/edge:debian-13', version: '', platform: 'linux/amd64' },
  ]);
  expect(found.wanted).toHaveLength(16);
  expect(found.ofRelease).toHaveLength(9);
});
