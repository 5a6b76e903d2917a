import * as z from 'zod';

const SHA512_BASE64 = /^[A-Za-z0-9+/]{86}==$/;
const bytes = z.int().nonnegative();

/** A SHA-512 as electron-updater compares it: base64, where many tools write hexadecimal. */
export const sha512Base64 = z
  .string()
  .regex(SHA512_BASE64, 'must be a SHA-512 in base64 (88 characters), not in hexadecimal');

const file = z.strictObject({
  /** A name at the root of the server; never an address of its own. */
  url: z.string().min(1),
  sha512: sha512Base64,
  size: bytes.positive(),
  /** Of the block map inside the file itself (AppImage); beside an .exe it is a file of its own. */
  blockMapSize: bytes.positive().optional(),
});

/**
 * What latest.yml holds (spec 07; electron-builder's UpdateInfo). Names we do not know are kept: a later client may
 * read them.
 */
export const updateManifest = z.looseObject({
  version: z.string().min(1),
  files: z.array(file).min(1),
  /** The first file again, for clients older than `files`. */
  path: z.string().min(1),
  sha512: sha512Base64,
  /** ISO 8601. */
  releaseDate: z.iso.datetime({ offset: true }),
  releaseNotes: z.string().optional(),
  /** Percent of the clients that are offered it; all where it is absent. */
  stagingPercentage: z.int().min(0).max(100).optional(),
  minimumSystemVersion: z.string().optional(),
});

export type UpdateManifest = z.infer<typeof updateManifest>;
export type ManifestFile = UpdateManifest['files'][number];
