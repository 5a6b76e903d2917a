import { parse } from 'yaml';

type Place = { readonly name: string; readonly type: string; readonly endpoint?: string };
type Settings = {
  readonly timeZone: string;
  readonly schedule: { readonly time: string; readonly drillOn: number };
  readonly places: readonly (Place & { readonly path?: string })[];
};
/** When what is due, as cron says it. */
export type Scheduled = {
  readonly backup: string;
  readonly drill: string;
  readonly timeZone: string;
};

const read = (text: string): Settings => parse(text) as Settings;

/** @throws Error where backup.yaml says no time */
export function scheduleOf(text: string): Scheduled {
  const { timeZone, schedule } = read(text);
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(schedule.time) ?? [];
  if (hour === undefined || minute === undefined) throw new Error('backup.yaml says no time');
  const at = `${Number(minute)} ${Number(hour)}`;
  return { backup: `${at} * * *`, drill: `${at} ${schedule.drillOn} * *`, timeZone };
}

/** What backup.yaml of Compose becomes in a cluster. */
export function keeperSettings(text: string): unknown {
  const { schedule, places, ...rest } = read(text);
  const moved = places.map((place) =>
    place.type === 'posix' ? { ...place, path: `${place.path ?? ''}/repository` } : place,
  );
  const entries = Object.entries({
    ...rest,
    schedule: { ...schedule, by: 'request' },
    places: moved,
  });
  // In the order of the file.
  const order = Object.keys(read(text));
  return Object.fromEntries(entries.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}

/** Port of S3, where backups go there. */
export function s3Port(text: string): string | undefined {
  try {
    const s3 = read(text).places.find(({ type }) => type === 's3');
    return s3 && (/:(\d+)$/.exec(s3.endpoint ?? '')?.[1] ?? '443');
  } catch {
    return undefined;
  }
}
