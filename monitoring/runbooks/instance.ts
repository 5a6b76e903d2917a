import { shellWord } from '../../installer/src/model/shell.ts';

/** Where an installation is when nobody says otherwise, and what runbooks in the repository are written for. */
export const DEFAULT_DIRECTORY = '/opt/factsway';

/** What of one installation stands in its runbooks: nothing that opens anything. */
export type RunbookInstance = {
  readonly directory: string;
  readonly project: string;
  readonly hostName: string;
  readonly prometheusPort: number;
  readonly alertmanagerPort: number;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** The files that `edge.tls` names, where it names some. */
  readonly certificateFile?: string;
  readonly keyDirectory?: string;
  readonly database: string;
  readonly owner: string;
  readonly monitor: string;
  /** Where PostgreSQL is a server of the customer's: no container has it. */
  readonly external?: { readonly host: string; readonly port: number };
};

type Mark = {
  /** How runbooks write it: as it is with all defaults. */
  readonly written: RegExp;
  /** Where it is replaced; everywhere when absent. */
  readonly only?: 'command';
  readonly value: (instance: RunbookInstance) => string;
};

/** From a host's own command line; inside a container the ports of that container are what they are. */
const ON_HOST = String.raw`(?<!docker compose exec .*)`;
const PSQL = String.raw`docker compose exec (?:-T )?postgres`;
const server = ({ external }: RunbookInstance): string =>
  external ? `-h ${shellWord(external.host)} -p ${external.port}` : '';

/** Everything in a runbook that is another on another installation. In this order: the first that fits takes the text. */
const MARKS = {
  'only-bundled': {
    written: /^(?=docker compose (?:logs|restart|stop|start|kill) (?:-\S+ )*postgres(?: |$))/g,
    only: 'command',
    // Whoever types it all the same types a comment.
    value: ({ external }) => (external ? `# on ${external.host}, by other means: ` : ''),
  },
  psql: {
    written: new RegExp(`${PSQL} psql -U postgres -d factsway`, 'g'),
    value: (instance) =>
      instance.external
        ? `psql ${server(instance)} -U ${instance.owner} -d ${instance.database}`
        : `docker compose exec -T postgres psql -U postgres -d ${instance.database}`,
  },
  'pg-isready': {
    written: new RegExp(`${PSQL} pg_isready -h 127\\.0\\.0\\.1 -U postgres`, 'g'),
    value: (instance) =>
      instance.external
        ? `pg_isready ${server(instance)} -U ${instance.owner}`
        : 'docker compose exec -T postgres pg_isready -h 127.0.0.1 -U postgres',
  },
  'pg-dump': {
    written: new RegExp(`${PSQL} pg_dump -U postgres -Fc factsway`, 'g'),
    value: (instance) =>
      instance.external
        ? `pg_dump ${server(instance)} -U ${instance.owner} -Fc ${instance.database}`
        : `docker compose exec -T postgres pg_dump -U postgres -Fc ${instance.database}`,
  },
  database: {
    written: /(?<=')factsway(?=')/g,
    value: ({ database }) => database,
  },
  'role-owner': { written: /\bfactsway_owner\b/g, value: ({ owner }) => owner },
  'role-monitor': { written: /\bfactsway_monitor\b/g, value: ({ monitor }) => monitor },
  'directory-word': {
    written: /\/opt\/factsway(?![\w-])/g,
    only: 'command',
    value: ({ directory }) => shellWord(directory),
  },
  directory: {
    written: /\/opt\/factsway(?![\w-])/g,
    value: ({ directory }) => directory,
  },
  'dir-option': {
    // Behind the command, where a filter may follow.
    written: /(?<=\bfactsway-install [a-z]+\b)(?! --dir\b)/g,
    value: ({ directory }) =>
      directory === DEFAULT_DIRECTORY ? '' : ` --dir ${shellWord(directory)}`,
  },
  prometheus: {
    written: new RegExp(`${ON_HOST}(?<=127\\.0\\.0\\.1:)9090\\b`, 'g'),
    value: ({ prometheusPort }) => String(prometheusPort),
  },
  alertmanager: {
    written: new RegExp(`${ON_HOST}(?<=127\\.0\\.0\\.1:)9093\\b`, 'g'),
    value: ({ alertmanagerPort }) => String(alertmanagerPort),
  },
  'http-port': { written: /(?<=sport = :)80\b/g, value: ({ httpPort }) => String(httpPort) },
  'https-port': { written: /(?<=sport = :)443\b/g, value: ({ httpsPort }) => String(httpsPort) },
  project: {
    written: /\bfactsway(?=_[a-z]+-data\b)/g,
    value: ({ project }) => project,
  },
  'host-name': { written: /\bfactsway\.example\.com\b/g, value: ({ hostName }) => hostName },
  certificate: {
    written: /\/etc\/ssl\/factsway\/chain\.crt\b/g,
    value: ({ certificateFile = '/etc/ssl/factsway/chain.crt' }) => shellWord(certificateFile),
  },
  'key-directory': {
    written: /\/etc\/ssl\/factsway(?=\/server-new\.key\b)/g,
    value: ({ keyDirectory = '/etc/ssl/factsway' }) => shellWord(keyDirectory),
  },
  'database-note': {
    // In the words below every page, which are ours.
    written: /(?!)/g,
    value: ({ external }) =>
      external
        ? `PostgreSQL is a server of yours, ${external.host}: psql and its like are in Debian's package postgresql-client, ask for the password of the role, and for some of what is asked the role of its administrator is needed.`
        : '',
  },
} as const satisfies Record<string, Mark>;

const ENTRIES: readonly (readonly [string, Mark])[] = Object.entries(MARKS);
/** Nothing that Markdown, HTML, a shell or PromQL gives a meaning to. */
const mark = (name: string): string => `@{${name}}`;
const MARK = /@\{([^}]*)\}/g;

/**
 * A piece of code of a runbook with a mark in the place of each default: `cd /opt/factsway` is `cd @{directory-word}`.
 * `command`: a line to type; `text`: what is named in a sentence.
 */
export function markDefaults(code: string, kind: 'command' | 'text'): string {
  return ENTRIES.filter(([, { only }]) => only === undefined || only === kind).reduce(
    (marked, [name, { written }]) => marked.replaceAll(written, mark(name)),
    code,
  );
}

/** Every default that stands there as itself. */
const LITERALS = [
  /\/opt\/factsway\b/,
  /\/etc\/ssl\/factsway\b/,
  /127\.0\.0\.1:\d+/,
  /\bfactsway_(?:owner|app|monitor)\b/,
  /\bfactsway_[a-z]+-data\b/,
  /\bfactsway[-_](?:edge|app|data|database|monitoring|egress)\b/,
  /\bfactsway\.example\.com\b/,
  /-d factsway\b/,
  /sport = :\d+/,
  /\bexec (?:-T )?postgres\b/,
] as const;
/** In a container its own loopback and its own ports are meant. */
const INSIDE = /^docker compose exec (?:-T )?(?!postgres\b)\S+ .*$/;

/** The defaults in a piece of a runbook that would be wrong on another installation; `code` is what `markDefaults` left. */
export function literalDefaults(marked: string): string[] {
  const inside = INSIDE.test(marked);
  return LITERALS.flatMap((literal) => {
    const found = literal.exec(marked)?.[0];
    return found === undefined || (inside && found.startsWith('127.')) ? [] : [found];
  });
}

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** A generated page with the values of one installation, escaped for HTML. Throws on a mark nobody knows: a bug. */
export function fillMarks(html: string, instance: RunbookInstance): string {
  const known = new Map(ENTRIES);
  return html.replaceAll(MARK, (_, name: string) => {
    const found = known.get(name);
    if (!found) throw new Error(`a runbook has the mark ${mark(name)}, which nobody knows`);
    return escape(found.value(instance));
  });
}
