import { describe, expect, it } from 'vitest';
import { imageReferenceProblem, registryProblem } from './image-reference.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  it.each([
    'prometheus:v3.5.0',
    'prom/prometheus:v3.5.0',
    'registry.example.com/prom/prometheus:v3.5.0',
    'registry.example.com:5000/prometheus:v3.5.0',
    'localhost/prometheus:1',
    '[::1]:5000/prometheus:1',
    'Registry.Example.com/a__b/c--d.e_f:1_x-Y.z',
    `registry.example.com/prometheus@${DIGEST}`,
    `registry.example.com/prometheus:v3.5.0@${DIGEST}`,
  ])('%s is one', (reference) => {
    expect(imageReferenceProblem(reference)).toBeUndefined();
  });

  it.each([
    'https://registry.example.com/prometheus:1',
    'registry.example.com//prometheus:1',
    'registry.example.com/Prometheus:1',
    'registry..example.com/prometheus:1',
    'prometheus::1',
    'prometheus:1:2',
    'prometheus:',
    ':1',
    '/prometheus:1',
    'prometheus/:1',
    'a___b:1',
    '-a:1',
    'a b:1',
    'a:1 ',
    'a:1\n',
    'prometheus@sha256:0',
    `prometheus@${DIGEST}0`,
    `prometheus:${'a'.repeat(129)}`,
    `${'a/'.repeat(200)}a:1`,
    '$IMAGE:1',
    '',
  ])('%j is none', (reference) => {
    expect(imageReferenceProblem(reference)?.message).toMatch(
      /^must be an image reference such as/,
    );
  });

  it.each(['prometheus', 'registry.example.com:5000/prometheus'])(
    '%s names no version',
    (reference) => {
      expect(imageReferenceProblem(reference)?.message).toMatch(/^must name a version/);
    },
  );

  it.each(['prometheus:latest', `prometheus:latest@${DIGEST}`])(
    '%s is another image every day',
    (reference) => {
      expect(imageReferenceProblem(reference)?.message).toMatch(/:latest/);
    },
  );

  it('of any length is judged in a moment', () => {
    const begun = performance.now();
    for (const part of ['a', 'a-', 'a.', '_', 'a/', 'a:'])
      imageReferenceProblem(`${part.repeat(100_000)}!`);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('a registry prefix', () => {
  it.each([
    'registry.example.com',
    'registry.example.com:5000/factsway',
    'localhost:5000',
    'firm/a',
  ])('%s is one', (prefix) => {
    expect(registryProblem(prefix)).toBeUndefined();
  });

  it.each([
    'https://registry.example.com',
    'registry.example.com/',
    'registry.example.com/factsway:1',
    'registry.example.com//factsway',
    '',
    'a b',
  ])('%j is none', (prefix) => {
    expect(registryProblem(prefix)?.message).toMatch(/^must be a registry prefix such as/);
  });
});
