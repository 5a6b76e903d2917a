import { parse } from 'yaml';

/** Config files in forms that can be compared: what may differ is brought to one form, everything else stays. */

type Tree = Readonly<Record<string, unknown>>;
type Target = {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
};
type Job = Tree & {
  readonly job_name: string;
  readonly static_configs?: readonly Target[];
  readonly dns_sd_configs?: readonly Tree[];
  readonly relabel_configs?: readonly Tree[];
};

/** Keys in the order of the alphabet, so that two texts of one meaning are the same. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, one]: [string, unknown]) => [key, sorted(one)]),
  );
}

/** Names with a slot, and what a proxy that ends TLS itself is asked by. */
const NODE: Job = {
  job_name: 'node',
  static_configs: [{ targets: ['node-exporter:9100'], labels: { service: 'node' } }],
};

/**
 * prometheus.yml with every target under its name in the cluster: no slots, no node exporter, plain HTTP at the proxy.
 * @param from the side the text is of: what is brought to one form stands on that side only
 */
export function scrapeForm(text: string, from: 'compose' | 'kubernetes'): unknown {
  const { scrape_configs: jobs = [], ...rest } = parse(text) as Tree & {
    readonly scrape_configs?: readonly Job[];
  };
  const kept = jobs.filter(
    (job) => from === 'kubernetes' || JSON.stringify(sorted(job)) !== JSON.stringify(sorted(NODE)),
  );
  return sorted({
    ...rest,
    scrape_configs: kept.map((job) =>
      from === 'compose' ? withoutSlots(job) : withoutDiscovery(job),
    ),
  });
}

function withoutSlots(job: Job): Job {
  if (!job.static_configs) return job;
  return {
    ...job,
    static_configs: job.static_configs.map(({ targets, labels = {} }) => {
      const { slot, ...others } = labels;
      const inSlot = /^(http:\/\/)?([a-z-]+-service)-([ab])(:\d+(?:\/health)?)$/.exec(
        targets[0] ?? '',
      );
      const [, scheme = '', name = '', letter, port = ''] = inSlot ?? [];
      if (inSlot && targets.length === 1 && (slot === letter || job.job_name === 'probe'))
        return {
          targets: [`${scheme}${name}${port}`],
          labels: job.job_name === 'probe' ? labels : others,
        };
      const isHttps =
        targets[0] === 'https://edge:8443/healthz' && labels['__param_module'] === 'https_edge';
      return isHttps
        ? {
            targets: ['http://edge:8080/healthz'],
            labels: { ...labels, __param_module: 'http_edge' },
          }
        : { targets, labels };
    }),
  };
}

/** Asking for every pod by the DNS, and calling it by its service, is what a static target of Compose is. */
function withoutDiscovery({
  dns_sd_configs: discovery,
  relabel_configs: relabel,
  ...job
}: Job): Job {
  const [found, ...others] = discovery ?? [];
  const [names] = (found?.['names'] as readonly string[] | undefined) ?? [];
  const name = names?.replace(/-pods$/, '') ?? '';
  const port = Number(found?.['port']);
  const wanted = [
    [{ names: [`${name}-pods`], port, refresh_interval: '5s', type: 'A' }],
    [{ replacement: name, target_label: 'service' }],
  ];
  const given = sorted([discovery, relabel]);
  if (!found || others.length > 0 || JSON.stringify(given) !== JSON.stringify(sorted(wanted)))
    return {
      ...job,
      ...(discovery ? { dns_sd_configs: discovery } : {}),
      ...(relabel ? { relabel_configs: relabel } : {}),
    };
  return { ...job, static_configs: [{ targets: [`${name}:${port}`], labels: { service: name } }] };
}

/** Alerts about what a cluster leaves to others: the machine below, the certificate of the proxy, and its releases. */
export const ALERTS_OF_A_SERVER: Readonly<Record<string, readonly string[]>> = {
  certificates: [
    'CertificateNotRenewed',
    'CertificateExpiresIn30Days',
    'CertificateExpiresIn14Days',
    'CertificateExpiresIn3Days',
  ],
  host: [
    ...['DiskFull', 'DiskSpaceLow', 'DiskWillFill', 'InodesLow', 'HostMemoryLow'],
    ...['OutOfMemoryKill', 'ClockSkew', 'ClockNotSynchronised'],
  ],
  updates: ['UpgradeFailed'],
};

/**
 * alerts.yml, group by group as it is written, without the groups above; one that holds another alert as well stays.
 * Text and no tree: nothing in it has two ways of being said.
 */
export function alertForm(text: string): readonly string[] {
  return text.split(/^(?= {2}- name: )/m).filter((group) => {
    const [, name = ''] = /^ {2}- name: (.*)/.exec(group) ?? [];
    const alerts = [...group.matchAll(/^ {6}- alert: (.*)/gm)].map(([, alert = '']) => alert);
    const known = ALERTS_OF_A_SERVER[name] ?? [];
    return alerts.length === 0 || !alerts.every((alert) => known.includes(alert));
  });
}

/** postgresql.conf as `key → value`, without comments. */
export function settingsForm(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [key = '', ...value] = line.split('=');
        return [key.trim(), value.join('=').trim()];
      }),
  );
}
