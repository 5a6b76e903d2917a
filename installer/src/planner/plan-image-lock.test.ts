import { describe, expect, it } from 'vitest';
import { imageLockText, parseImageLock } from '../config/image-lock.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import {
  configWith,
  desiredWith,
  observedFresh,
  without,
  ENGINE,
} from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { Plan } from '../model/plan.ts';
import { formatPlan } from '../model/plan-text.ts';
import { renderBundle } from '../render/render-bundle.ts';
import { lockable, planImageLock, planImageUnlock } from './plan-image-lock.ts';
import { planUp } from './plan-up.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const A = 'registry.example.com/a:1';
const B = 'registry.example.com/b:1';
const imagesIn = ({ steps }: Plan): unknown =>
  steps.map(({ action }) => (action.kind === 'WriteImageLock' ? action.images : action.kind));

describe('locking', () => {
  it('writes what there is not, and nothing where all is as it was', () => {
    const plan = planImageLock(undefined, [A], [], { [A]: digest('a') });
    expect(formatPlan(plan)).toContain(
      '[1] WriteImageLock 1 images because there is no images.lock.yaml yet',
    );
    expect(planImageLock({ [A]: digest('a') }, [A], [], {}).steps).toEqual([]);
  });

  it('says what became of the entries, and keeps those the present configuration needs', () => {
    const current = { [A]: digest('a'), [B]: digest('b'), 'registry.example.com/c:1': digest('c') };
    const plan = planImageLock(current, ['registry.example.com/d:2', A], [B], {
      'registry.example.com/d:2': digest('d'),
      [A]: digest('e'),
    });
    expect(plan.steps[0]?.cause).toBe(
      'an image is not locked yet, a tag stands for another image now, an entry is no longer needed',
    );
    expect(imagesIn(plan)).toEqual([
      { 'registry.example.com/d:2': digest('d'), [A]: digest('e'), [B]: digest('b') },
    ]);
  });

  it('is taken back by removing the file', () => {
    expect(imagesIn(planImageUnlock(true))).toEqual(['RemoveImageLock']);
    expect(planImageUnlock(false).steps).toEqual([]);
  });
});

describe('the file', () => {
  it('reads back as it was written, in one order', () => {
    const text = imageLockText({ [B]: digest('b'), [A]: digest('a') });
    expect(parseImageLock(text)).toEqual({ [A]: digest('a'), [B]: digest('b') });
    expect(text).toBe(imageLockText({ [A]: digest('a'), [B]: digest('b') }));
  });

  it.each([
    '',
    'version: 2\nimages: {}\n',
    'version: 1\nimages: [a]\n',
    `version: 1\nimages: { "${A}": latest }\n`,
    `version: 1\nimages: { "a b": "${digest('a')}" }\n`,
    'version: 1\nimages: {\n',
    '%&',
  ])('that is something else is refused: %j', (text) => {
    expect(errorOf(() => parseImageLock(text)).code).toBe('FW-IMAGE-LOCK-INVALID');
  });
});

describe('a platform that is locked', () => {
  const config = configWith({ images: { source: 'upstream' } });
  const all = lockable(buildCatalog(config).images);
  const lock = Object.fromEntries(all.map((reference) => [reference, digest('a')]));

  it('is rendered by tag and digest, every image of it', () => {
    const catalog = buildCatalog(config, undefined, undefined, { imageLock: lock });
    expect(catalog.unlocked).toEqual([]);
    for (const { image } of catalog.workloads) expect(image).toMatch(/:[\w.-]+@sha256:a{64}$/);
    const compose = renderBundle(catalog, ENGINE).files.find(({ path }) => path === 'compose.yaml');
    expect(compose?.content).toContain(`caddy:2.10.2@${digest('a')}`);
  });

  it('refuses to go on with an image the lock does not know', () => {
    const rest = without(lock, all[0] ?? '');
    const catalog = buildCatalog(config, undefined, undefined, { imageLock: rest });
    const desired = { ...desiredWith({ images: { source: 'upstream' } }), catalog };
    const options = { title: 'Install', overwrite: false, renderOnly: true };
    const error = errorOf(() => planUp(desired, observedFresh(desired), options));
    expect(error.code).toBe('FW-IMAGE-LOCK-STALE');
    expect(error.message).toContain(all[0]);
    expect(error.hint).toContain('factsway-install images lock');
  });

  it('an override with a digest of its own needs no entry', () => {
    const overrides = { edge: `registry.example.com/caddy@${digest('f')}` };
    const images = { source: 'upstream', overrides };
    const own = buildCatalog(configWith({ images }), undefined, undefined, { imageLock: lock });
    expect(own.unlocked).toEqual([]);
    expect(own.images.find(({ component }) => component === 'edge')?.image).toBe(overrides.edge);
  });

  it('images built on this host are not locked, and it is told', () => {
    const local = buildCatalog(configWith({ images: { source: 'debian' } }), undefined, undefined, {
      imageLock: lock,
    });
    expect(local.unlocked).toEqual([]);
    expect(local.notes.join()).toContain('images.lock.yaml has no effect');
  });
});
