import { parseCaddyfile, withTlsInFront } from './caddyfile.ts';
import { alertForm, scrapeForm, settingsForm } from './config-forms.ts';
import { withOneSlot } from './one-slot.ts';
import type { Case, Entry } from './ledger-entry.ts';
import { hostName, is, servicesOf } from './ledger-terms.ts';
import { same } from './leaves.ts';

/** What holds of two texts, remembered: they are long, and asked for again and again. */
function remembering(
  form: (text: string, host: string) => unknown,
): (text: unknown, host?: string) => unknown {
  const known = new Map<string, unknown>();
  return (text, host = '') => {
    const key = `${host}\n${String(text)}`;
    if (!known.has(key))
      known.set(
        key,
        attempt(() => form(String(text), host)),
      );
    if (known.size > 64) known.delete([...known.keys()][0] ?? '');
    return known.get(key);
  };
}

/** A text that cannot be read is like nothing else. */
function attempt(form: () => unknown): unknown {
  try {
    return JSON.stringify(form());
  } catch {
    return Symbol('unreadable');
  }
}

const caddyHere = remembering((text, host) => {
  const slotless = withOneSlot(parseCaddyfile(text));
  if (!slotless) throw new Error('it chooses between slots in a way that is none of ours');
  const file = withTlsInFront(slotless, host);
  if (!file) throw new Error('it says something of TLS that is none of our ways');
  return file;
});
const caddyThere = remembering((text) => parseCaddyfile(text));
const scrapesHere = remembering((text) => scrapeForm(text, 'compose'));
const scrapesThere = remembering((text) => scrapeForm(text, 'kubernetes'));
const alertsOf = remembering(alertForm);

/** Connections beside those of the services: migrations, monitoring, backup, administrators. */
const OTHER_CONNECTIONS = 16;
const KiB = 1024;

/** What a side's number of copies makes of the settings of PostgreSQL that depend on it. */
function sizedFor(copies: number, { here, all }: Case): Record<string, string> {
  const pools = servicesOf(all.compose.components).reduce(
    (sum, { environment }) => sum + Number(environment['POSTGRES_POOL_MAX']),
    0,
  );
  const connections = Math.ceil((pools * copies + OTHER_CONNECTIONS) / 10) * 10;
  const share = Math.floor(here.resources.memoryBytes / KiB / 4 / connections);
  return { max_connections: `'${connections}'`, work_mem: `'${Math.max(4096, share)}kB'` };
}

function isSized(one: Case): boolean {
  const [here, there] = [settingsForm(String(one.compose)), settingsForm(String(one.kubernetes))];
  const [scaled] = servicesOf(one.all.kubernetes.components);
  const most = (scaled?.copies.most ?? NaN) + 1;
  return (
    same({ ...here, ...sizedFor(most, one) }, there) && same({ ...here, ...sizedFor(2, one) }, here)
  );
}

/** Config files that differ, and how far. */
export const FILE_ENTRIES: readonly Entry[] = [
  {
    id: 'caddyfile',
    relation: 'DECLARED',
    reason:
      'Caddyfile: TLS ends in front, which is believed who the client is; there are no slots to choose from, and no page for the time of an upgrade. Compared block by block.',
    field: /^files \/etc\/caddy\/Caddyfile text$/,
    about: is('edge'),
    holds: ({ compose, kubernetes, all }) =>
      caddyHere(compose, hostName(all)) === caddyThere(kubernetes),
  },
  {
    id: 'scrape-jobs',
    relation: 'DECLARED',
    reason:
      'prometheus.yml: every pod is found by the DNS, targets have no slot, the node exporter is away. Compared job by job.',
    field: /^files \/etc\/prometheus\/prometheus\.yml text$/,
    about: is('prometheus'),
    holds: ({ compose, kubernetes }) => scrapesHere(compose) === scrapesThere(kubernetes),
  },
  {
    id: 'alerts-of-a-server',
    relation: 'DECLARED',
    reason:
      'alerts.yml: without those about the machine and the certificate of the proxy. Compared group by group, word for word.',
    field: /^files \/etc\/prometheus\/rules\/alerts\.yml text$/,
    about: is('prometheus'),
    holds: ({ compose, kubernetes }) => alertsOf(compose) === alertsOf(kubernetes),
  },
  {
    id: 'sized-for-more-pods',
    relation: 'DECLARED',
    reason:
      'postgresql.conf: max_connections is for as many pods as there may be, and work_mem is what that leaves. Computed again.',
    field: /^files \/etc\/factsway-postgres\/postgresql\.conf text$/,
    about: is('postgres'),
    holds: isSized,
  },
  {
    id: 'account-of-the-database',
    relation: 'REFINES',
    reason: 'passwd and group of the image, with its user under the number it has here.',
    field: /^files \/etc\/(passwd|group) /,
    about: is('postgres', 'backup'),
    holds: ({ field, compose, kubernetes, there: { security } }) => {
      const { uid, gid } = security;
      const expected: Readonly<Record<string, unknown>> = {
        'files /etc/passwd text': `root:x:0:0:root:/root:/usr/sbin/nologin\npostgres:x:${uid}:${gid}:PostgreSQL:/var/lib/postgresql:/bin/sh\n`,
        'files /etc/group text': `root:x:0:\npostgres:x:${gid}:\n`,
      };
      return (
        compose === undefined && kubernetes === (field.endsWith(' text') ? expected[field] : false)
      );
    },
    asksFor: ({ component }) =>
      !is('postgres', 'backup')({ component })
        ? []
        : ['passwd', 'group'].flatMap((name) =>
            ['text', 'executable', 'writable'].map((key) => `files /etc/${name} ${key}`),
          ),
  },
];
