import * as z from 'zod';
import { HOST_NAME } from './host-name.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** host, or host:port. */
const ENDPOINT = new RegExp(`${HOST_NAME.source.replace(/\$$/, '')}(:\\d{1,5})?$`);
/** Absolute, without detours; a colon would end it in a Compose file. */
const DIRECTORY = /^(\/(?!\.{1,2}(\/|$))[^/:\u0000-\u001f]+)+$/;
const PREFIX = /^(\/[A-Za-z0-9._-]+)+$/;

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const keepDays = (preset: number, where: string) =>
  z.int().min(2).max(3650).default(preset).describe(`Days a backup is kept ${where}.`);

/** `backup`: when the database is backed up, into which places, and for how long (spec 05). */
export const backupConfig = z
  .strictObject({
    mode: z
      .enum(['off', 'on'])
      .default('off')
      .describe(
        'on: the log of the database is kept as it is written, with a backup every night, and every backup is tried out once a month.',
      ),
    time: z
      .string()
      .regex(TIME, 'must be a time of day such as 02:30')
      .default('02:30')
      .describe('When a backup begins, every day, in host.timeZone; up to 15 minutes later.'),
    fullOn: z
      .enum(WEEKDAYS)
      .default('sunday')
      .describe('Day of the full backup; those of the other days hold what changed since.'),
    drillOn: z
      .int()
      .min(1)
      .max(28)
      .default(1)
      .describe('Day of the month on which the newest backup is tried out.'),
    local: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe('Keep backups on this server, in a volume: the quick way back.'),
        directory: z
          .string()
          .regex(DIRECTORY, 'must be a directory such as /mnt/backups/factsway')
          .optional()
          .describe(
            'Directory on a disk of its own, or on NFS, in place of a volume beside the database; it belongs to uid 999 and to these backups alone.',
          ),
        keepDays: keepDays(30, 'on this server'),
      })
      .prefault({}),
    s3: z
      .strictObject({
        bucket: z
          .string()
          .regex(BUCKET, 'must be the name of a bucket')
          .describe('Bucket that is there and belongs to these backups alone.'),
        region: z.string().min(1).default('us-east-1').describe('Region of the bucket.'),
        endpoint: z
          .string()
          .regex(ENDPOINT, 'must be a host such as s3.eu-central-1.amazonaws.com')
          .optional()
          .describe('Host of the S3 service, with its port; Amazon’s of the region unless said.'),
        prefix: z
          .string()
          .regex(PREFIX, 'must begin with / and name directories, such as /factsway')
          .default('/factsway')
          .describe('Where in the bucket.'),
        style: z
          .enum(['host', 'path'])
          .default('host')
          .describe(
            'Whether the bucket is part of the host name (Amazon) or of the path (many others).',
          ),
        caFile: z
          .string()
          .min(1)
          .optional()
          .describe(
            'PEM file of the authority of an S3 service of your own; its text is copied into the installation.',
          ),
        keepDays: keepDays(90, 'there'),
      })
      .optional()
      .describe('Keep backups in S3 as well: what is left when this server is not.'),
  })
  .superRefine(({ mode, local, s3 }, context) => {
    if (mode === 'off' || local.enabled || s3) return;
    context.addIssue({
      code: 'custom',
      path: ['mode'],
      message: 'is on, and there is no place for backups',
      params: { hint: 'Set backup.local.enabled to true, or name a bucket in backup.s3.' },
    });
  });
