import { compareVersions } from '../../model/version.ts';
import { percentOf } from '../../planner/plan-promotion.ts';
import { readAudit, type AuditLine } from './audit.ts';
import { observeLive, recordsOf, yankOf, type Needed, type Server } from './server.ts';

export type ListedRelease = {
  readonly version: string;
  readonly channel: string;
  readonly publishedAt: string;
  readonly by: string;
  /** Of all its files; bytes. */
  readonly size: number;
  readonly yanked: string | null;
  /** Percent of the clients by manifest, where it is live. */
  readonly live: Readonly<Record<string, number>>;
};

/** Every release, the latest first. */
export async function listReleases(server: Server, ports: Needed): Promise<ListedRelease[]> {
  const [records, live] = await Promise.all([recordsOf(server, ports), observeLive(server, ports)]);
  const listed = await Promise.all(
    records.map(async ({ version, channel, publishedAt, by, files }) => ({
      ...{ version, channel, publishedAt, by },
      size: files.reduce((sum, one) => sum + one.size, 0),
      yanked: (await yankOf(version, server, ports))?.reason ?? null,
      live: Object.fromEntries(
        live
          .filter(({ manifest }) => manifest.version === version)
          .map(({ name, manifest }) => [name, percentOf(manifest)]),
      ),
    })),
  );
  return listed.toSorted((a, b) => compareVersions(b.version, a.version));
}

export const listAudit = (server: Server, ports: Needed): Promise<AuditLine[]> =>
  readAudit(server, ports);
