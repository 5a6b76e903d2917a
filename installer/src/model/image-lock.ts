import * as z from 'zod';
import { imageReferenceProblem } from './image-reference.ts';

/** Beside factsway.yaml: which image each tag stood for when it was locked. */
export const LOCK_FILE = 'images.lock.yaml';

export const imageLockSchema = z.strictObject({
  version: z.literal(1),
  images: z.record(
    z.string().refine((reference) => imageReferenceProblem(reference) === undefined),
    z.string().regex(/^sha256:[a-f0-9]{64}$/),
  ),
});

/** Digest by reference, as the configuration asks for it. */
export type ImageLock = Readonly<Record<string, string>>;

/** An image of the platform: what was asked for, and what is rendered. */
export type WantedImage = {
  readonly component: string;
  /** As images.source, registry and overrides make it, with its tag. */
  readonly reference: string;
  /** The same with its digest where it is locked. */
  readonly image: string;
};

export const hasDigest = (reference: string): boolean => reference.includes('@sha256:');

/** Tag and digest: the engine goes by the digest, a person reads the tag. */
export function pinned(reference: string, lock: ImageLock | undefined): string {
  const digest = lock?.[reference];
  return digest === undefined || hasDigest(reference) ? reference : `${reference}@${digest}`;
}
