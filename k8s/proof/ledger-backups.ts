import { parse } from 'yaml';
import { scheduleOf, keeperSettings, s3Port, type Scheduled } from './backup-settings.ts';
import type { ComponentFacts } from './facts.ts';
import type { Case, Entry, Pair } from './ledger-entry.ts';
import { is, lastWord } from './ledger-terms.ts';
import { leaves, same } from './leaves.ts';

const KEEPER = 'backup';
const DATABASE = 'postgres';
const SETTINGS = '/etc/factsway-backup/backup.yaml';
const SOCKET = '/var/lib/postgresql/log/socket';
const MiB = 1024 ** 2;
const HOUR = 3600;

/** Whether backups are kept; then the two are in one pod. */
const keeps = ({ all }: Pair): boolean => KEEPER in all.compose.components;
const isKeeper = (pair: Pair): boolean => pair.component === KEEPER;
const isOneOfTwo = (pair: Pair): boolean => is(KEEPER, DATABASE)(pair) && keeps(pair);
const other = ({ component }: Pair): string => (component === KEEPER ? DATABASE : KEEPER);
const here = ({ all }: Pair, name: string): ComponentFacts | undefined =>
  all.compose.components[name];
const there = ({ all }: Pair, name: string): ComponentFacts | undefined =>
  all.kubernetes.components[name];
const portsOf = (facts: ComponentFacts | undefined): string[] | undefined =>
  facts?.listens.map(String);
const settingsOf = (facts: ComponentFacts | undefined): string =>
  facts?.files[SETTINGS]?.text ?? '';

/** Whom the keeper meets by the networks of Compose: they meet it as well. */
const met = (pair: Pair): string[] =>
  Object.entries(pair.all.compose.components).flatMap(([name, { reaches, listens }]) =>
    name !== KEEPER && KEEPER in reaches && listens.length > 0 ? [name] : [],
  );
/** Who reaches the database and not the keeper, on a server. */
const asksTheDatabase = (pair: Pair): boolean =>
  keeps(pair) &&
  pair.component !== KEEPER &&
  DATABASE in pair.here.reaches &&
  !(KEEPER in pair.here.reaches);

const TASKS: Readonly<Record<string, 'backup' | 'drill'>> = {
  backup: 'backup',
  'backup-drill': 'drill',
};

/** What a CronJob that asks the keeper has to be, by the keeper itself and by what Compose says of its schedule. */
function expectedTask(name: string, pair: Pair): ReadonlyMap<string, unknown> {
  const due = TASKS[name];
  const keeper = there(pair, KEEPER);
  const scheduled = attempt(() => scheduleOf(settingsOf(pair.here)));
  if (!due || !keeper || !scheduled) return new Map();
  const { name: image, tag, digest, pull } = keeper.image;
  const facts: ComponentFacts['tasks'][string] = {
    schedule: scheduled[due],
    timeZone: scheduled.timeZone,
    overlapping: 'Forbid',
    suspended: false,
    lateSeconds: (due === 'backup' ? 23 : 14 * 24) * HOUR,
    kept: [3, 3],
    restart: 'Never',
    retries: 3,
    deadlineSeconds: 12 * HOUR,
    image: `${image}${tag && `:${tag}`}${digest && `@${digest}`}`,
    pull,
    entrypoint: keeper.entrypoint,
    command: ['ask', due, `http://${KEEPER}:${keeper.listens.join()}`],
    environment: {},
    mounts: [],
    memoryBytes: 128 * MiB,
    cpus: 0.25,
    graceSeconds: pair.here.stop.graceSeconds,
    security: keeper.security,
    reaches: { [KEEPER]: portsOf(keeper) ?? [] },
    entered: [],
    leaves: [],
    resolvesNames: true,
  };
  return leaves(facts as unknown as ComponentFacts);
}

function attempt(read: () => Scheduled): Scheduled | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What differs because the keeper of the backups is in the pod of PostgreSQL, and CronJobs are its clock. */
export const BACKUP_ENTRIES: readonly Entry[] = [
  {
    id: 'keeper-beside-the-database',
    relation: 'DECLARED',
    reason:
      'The keeper of the backups has the volumes of PostgreSQL, and most volumes are on one node at a time: it is a second container of that pod.',
    field: /^beside$/,
    about: isOneOfTwo,
    holds: (one) => same(one.compose, []) && same(one.kubernetes, [other(one)]),
  },
  {
    id: 'within-one-pod',
    relation: 'DECLARED',
    reason:
      'Containers of a pod share its network: PostgreSQL and the keeper reach each other, the one by a password, the other to ask for what is due.',
    field: /^reaches (backup|postgres)$/,
    about: (one) => isOneOfTwo(one) && lastWord(one) === other(one),
    holds: (one) =>
      one.compose === undefined && same(one.kubernetes, portsOf(here(one, other(one)))),
    asksFor: (pair) => (isOneOfTwo(pair) ? [`reaches ${other(pair)}`] : []),
  },
  {
    id: 'network-of-the-pod',
    relation: 'DECLARED',
    reason:
      'The keeper is in the networks of the pod it is in, and in none of its own: it reaches whom PostgreSQL reaches, and nobody of the monitoring.',
    field: /^reaches /,
    about: isKeeper,
    holds: (one) => {
      const name = lastWord(one);
      const expected = met(one).includes(name) ? portsOf(here(one, name)) : undefined;
      return (
        same(one.compose, expected) && same(one.kubernetes, there(one, DATABASE)?.reaches[name])
      );
    },
    asksFor: (pair) =>
      isKeeper(pair)
        ? [...met(pair), ...Object.keys(there(pair, DATABASE)?.reaches ?? {})]
            .filter((name) => name !== KEEPER)
            .map((name) => `reaches ${name}`)
        : [],
  },
  {
    id: 'keeper-at-the-address-of-the-database',
    relation: 'DECLARED',
    reason:
      'Who may speak to PostgreSQL reaches the port of the keeper in its pod: it shows figures there, and makes what is due anyway.',
    field: /^reaches backup$/,
    about: asksTheDatabase,
    holds: (one) => one.compose === undefined && same(one.kubernetes, portsOf(here(one, KEEPER))),
    asksFor: (pair) => (asksTheDatabase(pair) ? ['reaches backup'] : []),
  },
  {
    id: 'way-to-s3',
    relation: 'DECLARED',
    reason:
      'The pod of PostgreSQL may reach the port of S3, and nothing else of the world: a policy is about a pod, and so the database has that way as well. It has no key to use there.',
    field: /^leaves$/,
    about: (one) => isOneOfTwo(one) && s3Port(settingsOf(here(one, KEEPER))) !== undefined,
    holds: (one) =>
      same(one.compose, isKeeper(one) ? ['*'] : []) &&
      same(one.kubernetes, [s3Port(settingsOf(here(one, KEEPER)))]),
  },
  {
    id: 'grace-of-the-pod',
    relation: 'DECLARED',
    reason: 'Containers of a pod have one time to end in: that of PostgreSQL, which needs longer.',
    field: /^stop graceSeconds$/,
    about: isKeeper,
    holds: (one) =>
      same(one.kubernetes, there(one, DATABASE)?.stop.graceSeconds) &&
      Number(one.compose) <= Number(one.kubernetes) &&
      // Its other time to end in is that of whoever asks it.
      same(one.compose, there(one, KEEPER)?.tasks['backup']?.graceSeconds),
  },
  {
    id: 'orphans-of-the-keeper',
    relation: 'DECLARED',
    reason:
      'A pod has nobody who collects what a killed command leaves: an entry in a table each, until the pod is made anew.',
    field: /^collectsOrphans$/,
    about: isKeeper,
    holds: ({ compose, kubernetes }) => compose === true && kubernetes === false,
  },
  {
    id: 'clock-of-the-cluster',
    relation: 'DECLARED',
    reason:
      'What the keeper begins by itself on a server, CronJobs ask it for in a cluster, at the same times, where people see and suspend them. They have neither key nor volume nor right.',
    field: /^tasks /,
    about: isKeeper,
    holds: (one) => {
      const [, name = '', ...field] = one.field.split(' ');
      return (
        one.compose === undefined &&
        one.kubernetes !== undefined &&
        same(one.kubernetes, expectedTask(name, one).get(field.join(' ')))
      );
    },
    asksFor: (pair) =>
      isKeeper(pair)
        ? Object.keys(TASKS).flatMap((name) =>
            [...expectedTask(name, pair).keys()].map((field) => `tasks ${name} ${field}`),
          )
        : [],
  },
  {
    id: 'settings-of-the-keeper',
    relation: 'DECLARED',
    reason:
      'backup.yaml: the keeper is asked for what is due, and the backups are in a directory below their mount, where a new volume may bring a lost+found.',
    field: /^files \/etc\/factsway-backup\/backup\.yaml text$/,
    about: isKeeper,
    holds: ({ compose, kubernetes }) => sameSettings(compose, kubernetes),
  },
  {
    id: 'socket-of-the-database',
    relation: 'REFINES',
    reason:
      'The socket by which the keeper asks PostgreSQL is in memory, and both have it: a new volume has no directory for it.',
    field: /^tmpfs \/var\/lib\/postgresql\/log\/socket /,
    about: isOneOfTwo,
    holds: (one) => {
      const expected: Readonly<Record<string, unknown>> = {
        ...{ bytes: MiB, mode: null, flags: null, uid: null, gid: null },
        sharedWith: [`${other(one)}:${SOCKET}`],
      };
      return one.compose === undefined && same(one.kubernetes, expected[lastWord(one)]);
    },
    asksFor: (pair) =>
      isOneOfTwo(pair)
        ? ['bytes', 'mode', 'flags', 'uid', 'gid', 'sharedWith'].map(
            (key) => `tmpfs ${SOCKET} ${key}`,
          )
        : [],
  },
];

function sameSettings(compose: Case['compose'], kubernetes: Case['kubernetes']): boolean {
  try {
    return same(keeperSettings(String(compose)), parse(String(kubernetes)) as unknown);
  } catch {
    return false;
  }
}
