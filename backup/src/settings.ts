import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { Problem } from './problem.ts';

const placeName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);
const keepDays = z.number().int().min(1).max(9999999);

const posixPlace = z.strictObject({
  name: placeName,
  type: z.literal('posix'),
  path: z.string().startsWith('/'),
  keepDays,
});

const s3Place = z.strictObject({
  name: placeName,
  type: z.literal('s3'),
  bucket: z.string().min(1),
  region: z.string().min(1),
  endpoint: z.string().min(1),
  prefix: z.string().startsWith('/'),
  style: z.enum(['host', 'path']),
  caFile: z.string().startsWith('/').optional(),
  keepDays,
});

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

const settingsSchema = z.strictObject({
  stanza: z.literal('factsway'),
  database: z.string().min(1),
  timeZone: z.string().min(1),
  schedule: z.strictObject({
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    fullOn: z.enum(WEEKDAYS),
    drillOn: z.number().int().min(1).max(28),
    // In a cluster its CronJobs are the clock, where people see and suspend them: the keeper waits to be asked.
    by: z.enum(['keeper', 'request']).default('keeper'),
  }),
  places: z
    .array(z.discriminatedUnion('type', [posixPlace, s3Place]))
    .min(1)
    .refine((places) => new Set(places.map(({ name }) => name)).size === places.length, {
      error: 'two places have one name',
    })
    // The spool has a directory of this name beside those of the places.
    .refine((places) => places.every(({ name }) => name !== 'new'), {
      error: 'a place cannot be called "new"',
    }),
  processes: z.number().int().min(1).max(64),
});

/** backup.yaml as the installer renders it. */
export type Settings = z.infer<typeof settingsSchema>;
export type Place = Settings['places'][number];

/** @throws Problem FW-BACKUP-CONFIG naming every line that is wrong */
export function parseSettings(text: string): Settings {
  const result = settingsSchema.safeParse(parse(text));
  if (result.success) return result.data;
  throw new Problem(
    'FW-BACKUP-CONFIG',
    'backup.yaml cannot be used',
    result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

export function readSettings(file: string): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Problem('FW-BACKUP-CONFIG', `${file} cannot be read`);
  }
  return parseSettings(text);
}

/** @throws Problem FW-BACKUP-USAGE when there is none of that name */
export function placeNamed(settings: Settings, name: string): Place {
  const found = settings.places.find((place) => place.name === name);
  if (found !== undefined) return found;
  const names = settings.places.map((place) => place.name).join(', ');
  throw new Problem('FW-BACKUP-USAGE', `there is no place "${name}"; there is ${names}`);
}
