import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import type { PreflightFacts, RegistryAnswer } from '../../facts-preflight.ts';
import { imageArchitecture } from './image-architecture.ts';
import { imageVersions } from './image-versions.ts';
import { images } from './images.ts';
import { registry } from './registry.ts';

const UPSTREAM = {
  settings: { images: { source: 'upstream', registry: 'registry.example.com/f' } },
};
const EDGE = 'docker.io/library/caddy:2.10.2';
/** One image is not here, and its registry gave this answer. */
const asking =
  (result: RegistryAnswer) =>
  ({ images: { wanted, local, ofRelease } }: PreflightFacts): Partial<PreflightFacts> => ({
    images: { wanted, ofRelease, local: local.filter(({ reference }) => reference !== EDGE) },
    registry: { asked: [{ reference: EDGE, host: 'docker.io', result }] },
  });

describe('registry', () => {
  it('is not asked for what is here', () => {
    expect(judge(registry, undefined, UPSTREAM).status).toBe('pass');
  });

  it('that wants a login is told with the command that gives it', () => {
    const verdict = judge(
      registry,
      asking({ answer: 'login', reason: 'no basic auth credentials' }),
      UPSTREAM,
    );
    expect(lineOf(verdict)).toBe('fail FW-REGISTRY-LOGIN: docker.io asks for a login');
    expect(verdict.remedy).toContain('docker login docker.io');
    expect(verdict.details).toEqual(['docker.io: no basic auth credentials']);
  });

  it('that cannot be reached has a code of its own', () => {
    const verdict = judge(
      registry,
      asking({ answer: 'unreachable', reason: 'i/o timeout' }),
      UPSTREAM,
    );
    expect(verdict.code).toBe('FW-REGISTRY-UNREACHABLE');
  });

  it('that has or lacks the image was reached', () => {
    expect(judge(registry, asking({ answer: 'absent' }), UPSTREAM).status).toBe('pass');
    const found = asking({ answer: 'found', platforms: [] });
    expect(lineOf(judge(registry, found, UPSTREAM))).toBe('pass: docker.io answered for 1 image');
  });
});

describe('images', () => {
  it.each([
    [{ answer: 'found', platforms: [] }, 'pass', undefined],
    [{ answer: 'absent' }, 'fail', 'FW-IMAGE-MISSING'],
    // The registry has its own check and its own code: not twice.
    [{ answer: 'login', reason: '' }, 'warn', undefined],
    [{ answer: 'unreachable', reason: '' }, 'warn', undefined],
  ] as const)('%j: %s', (answer, status, code) => {
    const verdict = judge(images, asking(answer), UPSTREAM);
    expect([verdict.status, verdict.code]).toEqual([status, code]);
  });

  it('built on this host are there or missing, and no registry helps', () => {
    expect(judge(images).status).toBe('pass');
    const verdict = judge(images, (facts) => ({
      images: { ...facts.images, local: facts.images.local.slice(2) },
    }));
    expect(lineOf(verdict)).toBe(
      'fail FW-IMAGE-MISSING: 2 images are not on this host: factsway/postgres:debian-13, factsway/edge:debian-13',
    );
    expect(verdict.remedy).toContain('./scripts/images ensure --version 1.0.0');
  });
});

describe('image-architecture', () => {
  const local = (platform: string) =>
    judge(imageArchitecture, (facts) => ({
      images: {
        ...facts.images,
        local: [{ reference: 'factsway/edge:1', version: '', platform }],
      },
    }));

  it.each([
    ['linux/amd64', 'pass'],
    ['linux/amd64/v2', 'pass'],
    ['', 'pass'],
    ['linux/arm64', 'fail'],
  ])('here for "%s": %s', (platform, status) => {
    expect(local(platform).status).toBe(status);
  });

  it.each([
    [['linux/arm64', 'linux/amd64'], 'pass'],
    [['linux/arm64'], 'fail'],
    [[], 'pass'],
  ])('at the registry for %j: %s', (platforms, status) => {
    const verdict = judge(imageArchitecture, asking({ answer: 'found', platforms }), UPSTREAM);
    expect(verdict.status).toBe(status);
  });
});

describe('image-versions', () => {
  it('judges the images of the release that are here, and no others', () => {
    expect(lineOf(judge(imageVersions))).toBe('pass: 9 of 9 are here, all of 1.0.0');
    const none = judge(imageVersions, ({ images: found }) => ({ images: { ...found, local: [] } }));
    expect(lineOf(none)).toBe('pass: none is here yet');
    const verdict = judge(imageVersions, (facts) => ({
      images: {
        ...facts.images,
        local: facts.images.local.map((image) =>
          image.reference.includes('facts-service') ? { ...image, version: '1.1.0' } : image,
        ),
      },
    }));
    expect(lineOf(verdict)).toBe(
      'fail FW-IMAGE-VERSION: not all images are of release 1.0.0: factsway/facts-service:1.0.0 is 1.1.0',
    );
  });
});
