import type { ObservedImage } from '../../model/observed.ts';

/** Invariant 1 (spec 01) before deployment: one sentence for each image that is not of the version. */
export function analyseImageVersions(images: readonly ObservedImage[], version: string): string[] {
  return images
    .filter((image) => image.version !== version)
    .map((image) =>
      image.version === ''
        ? `${image.reference} does not say its version`
        : `${image.reference} is ${image.version}`,
    );
}
