const MEBIBYTE = 1024 * 1024;
/** Up to here a file is one object, put in one go. */
export const SMALLEST_PART = 8 * MEBIBYTE;
/** What S3 takes of one object. */
const MOST_PARTS = 10_000;

/** Bytes of each part but the last. A function of the file's size alone: a later run cuts it as the first one did. */
export const partSize = (size: number): number =>
  Math.max(SMALLEST_PART, Math.ceil(size / MOST_PARTS / MEBIBYTE) * MEBIBYTE);
