import type { VolumeName, Workload } from '../../installer/src/model/workload.ts';

/** What the first volume of a StatefulSet is called in its pods. */
const DATA = 'data';
/** The second volume of the database. */
const OTHER_DATA = 'postgres-data-2';

/**
 * Claims that stand by themselves. The templates of a StatefulSet can never be changed, and backups may be turned on
 * where PostgreSQL runs already.
 */
const ALONE: readonly string[] = [
  OTHER_DATA,
  'postgres-log',
  'backup-state',
  'backup-repository',
] satisfies readonly VolumeName[];
export const standsAlone = (claim: string): boolean => ALONE.includes(claim);

/** On a server every restore makes another volume; in a cluster there are two, which take turns. */
function dataClaim(name: string): string | undefined {
  const [, number] = /^postgres-data(?:-(\d+))?$/.exec(name) ?? [undefined, undefined];
  if (!name.startsWith('postgres-data')) return undefined;
  return Number(number ?? 1) % 2 === 0 ? OTHER_DATA : DATA;
}

/** Name of the claim of each volume of a workload, in order: a further one is called as in Compose. */
export const claims = ({ volumes }: Pick<Workload, 'volumes'>): string[] =>
  volumes.map(({ name }, index) => {
    const alone = dataClaim(name) ?? name;
    return index === 0 && !standsAlone(alone) ? DATA : alone;
  });

/** Those that are templates of its StatefulSet: whichever volume the database is in, they stay what they are. */
export const templates = (workload: Pick<Workload, 'volumes'>): string[] => [
  ...new Set([DATA, ...claims(workload).filter((claim) => !standsAlone(claim))]),
];
