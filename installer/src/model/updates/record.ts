import * as z from 'zod';
import { caller } from './caller.ts';
import { CHANNELS } from './protocol.ts';
import { sha512Base64 } from './manifest.ts';

/** Names in the bucket that no client ever asks for. */
export const stagedKey = (version: string, manifest: string): string =>
  `staged/${version}/${manifest}`;
export const RELEASES = 'releases/';
export const recordKey = (version: string): string => `${RELEASES}${version}.json`;
/** What a publication set out to upload; before its record, so that parts already sent are known for what they are. */
export const intentKey = (version: string): string => `${RELEASES}${version}.begun.json`;
/** Never removed: whoever promotes looks for it. */
export const yankKey = (version: string): string => `${RELEASES}${version}.yanked.json`;
export const AUDIT = 'audit/';
export const auditKey = (at: string, id: string): string =>
  `${AUDIT}${at.replaceAll(':', '')}-${id}.json`;

const publishedFile = z.object({
  name: z.string().min(1),
  /** Bytes. */
  size: z.int().nonnegative(),
  sha512: sha512Base64,
  /** S3's own checksum (SHA-256) of it, from the same reading as `sha512`; records of old have none. */
  checksum: z.string().optional(),
  /** Of the block map inside the file, where it has one there; bytes. */
  blockMapSize: z.int().positive().optional(),
});
export type PublishedFile = z.infer<typeof publishedFile>;

export const publicationIntent = z.object({ version: z.string(), files: z.array(publishedFile) });

/** `releases/<version>.json`: what was published, from which its manifests follow. */
export const releaseRecord = z.object({
  version: z.string(),
  channel: z.enum(CHANNELS),
  /** ISO 8601; `releaseDate` of the manifests. */
  publishedAt: z.string(),
  by: z.string(),
  files: z.array(publishedFile).min(1),
  notes: z.string().optional(),
  minimumSystemVersion: z.string().optional(),
});
export type ReleaseRecord = z.infer<typeof releaseRecord>;

export const yankMark = z.object({
  version: z.string(),
  at: z.string(),
  by: z.string(),
  reason: z.string(),
});
export type YankMark = z.infer<typeof yankMark>;

/** One before a change and one after it: a change that was cut off has the first alone. */
export const auditEntry = z.object({
  id: z.string(),
  at: z.string(),
  who: z.string(),
  /** Entries of old have none. */
  caller: caller.optional(),
  what: z.string(),
  state: z.enum(['begun', 'done', 'failed']),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
