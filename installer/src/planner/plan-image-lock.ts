import { FactswayError } from '../model/errors.ts';
import { hasDigest, LOCK_FILE, type ImageLock, type WantedImage } from '../model/image-lock.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';

/** References that a lock has to know: what carries a digest of its own is locked by itself. */
export function lockable(images: readonly WantedImage[]): string[] {
  return [...new Set(images.map(({ reference }) => reference))].filter((one) => !hasDigest(one));
}

/**
 * From the entries there are to those that are wanted. `kept` are references the present configuration still
 * needs; `found` are the digests the registries gave.
 */
export function planImageLock(
  current: ImageLock | undefined,
  wanted: readonly string[],
  kept: readonly string[],
  found: ImageLock,
): Plan {
  const builder = new PlanBuilder();
  const needed = new Set([...wanted, ...kept]);
  const next = Object.fromEntries(
    [...needed].flatMap((reference) => {
      const digest = found[reference] ?? current?.[reference];
      return digest === undefined ? [] : [[reference, digest]];
    }),
  );
  const cause = causeOf(current, next);
  if (cause !== undefined) builder.add({ action: { kind: 'WriteImageLock', images: next }, cause });
  return builder.build('Lock the images to their digests');
}

function causeOf(current: ImageLock | undefined, next: ImageLock): string | undefined {
  if (current === undefined) return `there is no ${LOCK_FILE} yet`;
  const count = (amount: number, one: string, many: string): string[] =>
    amount === 0 ? [] : [amount === 1 ? one : `${amount} ${many}`];
  const names = Object.keys(next);
  const parts = [
    ...count(
      names.filter((name) => current[name] === undefined).length,
      'an image is not locked yet',
      'images are not locked yet',
    ),
    ...count(
      names.filter((name) => current[name] !== undefined && current[name] !== next[name]).length,
      'a tag stands for another image now',
      'tags stand for other images now',
    ),
    ...count(
      Object.keys(current).filter((name) => next[name] === undefined).length,
      'an entry is no longer needed',
      'entries are no longer needed',
    ),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

export function planImageUnlock(isLocked: boolean): Plan {
  const builder = new PlanBuilder();
  if (isLocked)
    builder.add({ action: { kind: 'RemoveImageLock' }, cause: 'images are to follow their tags' });
  return builder.build('Let the images follow their tags');
}

/** `version`: of the release that was asked for by something else than factsway.yaml. */
export function staleLock(missing: readonly string[], version?: string): FactswayError {
  const lock = `factsway-install images lock${version === undefined ? '' : ` --set release.version=${version}`}`;
  return new FactswayError(
    'FW-IMAGE-LOCK-STALE',
    `${LOCK_FILE} has no digest of ${missing.join(', ')}.`,
    `Lock what is wanted now${version === undefined ? ', with the same --set if you gave one' : ''}: ${lock}   or follow the tags again: factsway-install images unlock`,
  );
}
