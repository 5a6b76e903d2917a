import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE_UID } from '../../installer/src/model/monitoring.ts';

export const DATASOURCE = { type: 'prometheus', uid: DATASOURCE_UID };

/**
 * A version that nobody ran during the hour before is marked for five minutes: long enough to be seen at the coarsest
 * step of 35 days, and a restart or a gap in the scrapes marks nothing.
 */
export const DEPLOYMENTS =
  'count by (version) (factsway_build_info unless on (service, version) last_over_time(factsway_build_info[1h] offset 5m))';

/** When those of some kinds ended, in milliseconds as Grafana counts; nothing where the last one ended otherwise. */
const ended = (kinds: string, success: 0 | 1): string =>
  `1000 * factsway_upgrade_last_finished_timestamp_seconds{kind=~"${kinds}"} and on (kind, from, to) factsway_upgrade_last_success == ${success}`;

type Mark = {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  /** How a mark is called; labels of the series in double braces. */
  readonly title: string;
  readonly text: string;
};

/** At the moment the installer says, not at the scrape that saw it: a mark stands where the graphs move. */
const ENDED: readonly Mark[] = [
  {
    name: 'Upgrades',
    color: 'green',
    expr: ended('upgrade', 1),
    title: 'Upgrade finished {{from}} → {{to}}',
    text: 'Services are in slot {{slot}}.',
  },
  {
    name: 'Rollbacks',
    color: 'orange',
    expr: ended('rollback', 1),
    title: 'Rollback finished {{from}} → {{to}}',
    text: 'Services are in slot {{slot}}.',
  },
  {
    name: 'Changes',
    color: 'blue',
    expr: ended('change|rotation', 1),
    title: 'Finished: {{kind}}',
    text: 'Release {{to}}, slot {{slot}}.',
  },
  {
    name: 'Failed changes',
    color: 'red',
    expr: ended('.+', 0),
    title: 'Did not succeed: {{kind}} {{from}} → {{to}}',
    text: 'Services are in slot {{slot}}. See the runbook UpgradeFailed.',
  },
];

/** Names of the marks there are none of until something was upgraded or changed. */
export const MARKS_OF_CHANGES: readonly string[] = ENDED.map(({ name }) => name);

/** What is marked on every dashboard; asked of Prometheus like everything else, so that nobody needs a token. */
export function annotations(): AnnotationQueryBuilder[] {
  return [
    mark({
      name: 'Deployments',
      color: 'purple',
      expr: DEPLOYMENTS,
      title: 'Release {{version}}',
      text: 'First seen at this time.',
    }),
    ...ENDED.map((one) => mark(one).useValueForTime(true)),
  ];
}

function mark({ name, color, expr, title, text }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('60s')
    .titleFormat(title)
    .textFormat(text);
}
