import { containerId, docker, dockerTry, query, until } from './docker.ts';
import { Instance } from './instance.ts';

/** An installation that keeps backups on this server. */
export const BACKED = new Instance('factsway-backed', 26_480, {
  'services.drainSeconds': 2,
  'backup.mode': 'on',
});
/** Where the container that keeps the backups has those of this server. */
export const REPOSITORY = '/var/lib/factsway-backup/local';
export const CONSENT = ['--yes', '--confirm', 'localhost'];

export type Listed = {
  places: {
    name: string;
    backups: {
      label: string;
      type: string;
      reason?: string | null;
      proven: { at: string } | null;
      damaged: boolean;
    }[];
    instanceCopies: { name: string }[];
    waitingSegments: number;
  }[];
};

export const sql = (text: string): Promise<string> => query(BACKED.project, text);
/** What every row of a table comes to; rows that are added later are not counted. */
export const contentUpTo = (id: number): Promise<string> =>
  sql(
    `SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY id)) FROM factsway.ledger_probe AS t WHERE id <= ${id}`,
  );

export async function listedOf(instance: Instance): Promise<Listed> {
  const { result, errors } = await instance.runJson('backup', 'list');
  if (!result) throw new Error(JSON.stringify(errors));
  return result as unknown as Listed;
}
export const listed = (): Promise<Listed> => listedOf(BACKED);

/** What every row of the table comes to. */
export const contentOf = (instance: Instance): Promise<string> =>
  query(
    instance.project,
    `SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY id)) FROM factsway.ledger_probe AS t`,
  );

export const inBackupOf = async (instance: Instance, ...argv: string[]) =>
  dockerTry('exec', await containerId(instance.project, 'backup'), ...argv);
export const inBackup = (...argv: string[]) => inBackupOf(BACKED, ...argv);

/** Which volume the database of the container that serves is in. */
export async function servingVolume(): Promise<string> {
  const format =
    '{{range .Mounts}}{{if eq .Destination "/var/lib/postgresql/data"}}{{.Name}}{{end}}{{end}}';
  return docker('inspect', await containerId(BACKED.project, 'postgres'), '--format', format);
}

/** Rows that are written one after the other until somebody says stop; each is committed before the next one. */
export function writeRows(): { stop: () => Promise<number> } {
  const state = { stopped: false, last: 0 };
  const work = (async () => {
    while (!state.stopped) {
      const id = await sql(
        `INSERT INTO factsway.ledger_probe (text) SELECT md5(random()::text) RETURNING id`,
      );
      state.last = Number(id);
    }
  })();
  return {
    stop: async () => {
      state.stopped = true;
      await work;
      return state.last;
    },
  };
}

/** Sum of a series that Prometheus has now; undefined where it has none. */
export async function metricOf(instance: Instance, expr: string): Promise<number | undefined> {
  const url = `http://127.0.0.1:${instance.ports.prometheus}/api/v1/query?query=${encodeURIComponent(`sum(${expr})`)}`;
  const answer = (await (await fetch(url)).json()) as {
    data: { result: { value: [number, string] }[] };
  };
  const value = answer.data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

export const metric = (expr: string): Promise<number | undefined> => metricOf(BACKED, expr);

/** The first backup is made by itself, soon after the platform starts. */
export const firstBackup = (): Promise<void> =>
  until('a first full backup', 180, async () =>
    (await listed()).places.every(({ backups }) => backups.some(({ type }) => type === 'full')),
  );
