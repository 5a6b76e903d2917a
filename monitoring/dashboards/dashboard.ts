import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardUid } from '../model.ts';
import { annotations, DATASOURCE } from './annotations.ts';
import type { DashboardFile, Panel as PanelFile, Target } from './shape.ts';

export const TAG = 'factsway';

export type Row = { readonly title: string; readonly panels: readonly Builder<Panel>[] };

export type DashboardSpec = {
  readonly uid: DashboardUid;
  readonly title: string;
  readonly description: string;
  /** How far back it looks when it is opened, e.g. `6h`. */
  readonly since: string;
  /** Label whose values are chosen from, and the metric that has them. */
  readonly variable?: {
    readonly name: string;
    readonly label: string;
    readonly metric: string;
  };
  readonly rows: readonly Row[];
};

/** A dashboard of ours as Grafana reads it. Ids and refIds follow the order in which panels and queries stand. */
export function dashboard(spec: DashboardSpec): DashboardFile {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- files of the newer schema are refused by Grafana 13
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    // That of the server, as Grafana is configured: the same clock as the logs.
    .timezone('')
    .refresh('30s')
    .time({ from: `now-${spec.since}`, to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .keepTime(true),
    );
  for (const one of annotations()) builder.annotation(one);
  if (spec.variable) {
    const { name, label, metric } = spec.variable;
    builder.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .query(`label_values(${metric}, ${name})`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc),
    );
  }
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return finished(JSON.parse(JSON.stringify(builder.build()), shown) as DashboardFile);
}

/** The SDK puts links and marks into a menu where nobody looks; without a place they are at the top. */
const shown = (key: string, value: unknown): unknown =>
  key === 'placement' && value === 'inControlsMenu' ? undefined : value;

/** Sets what the SDK leaves unset: ids, refIds, the data source everywhere, and that nobody edits it in Grafana. */
export function finished(file: DashboardFile): DashboardFile {
  const { panels = [], templating } = file;
  return {
    ...file,
    editable: false,
    templating: {
      list: (templating.list ?? []).map((one) => ({ ...one, datasource: DATASOURCE })),
    },
    panels: panels.map((panel, index) => finishedPanel(panel, index + 1)),
  };
}

function finishedPanel(panel: PanelFile, id: number): PanelFile {
  if (panel.type === 'row') return { ...panel, id };
  const targets = (panel.targets ?? []).map((target, index): Target => ({
    ...target,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
  }));
  return { ...panel, id, datasource: DATASOURCE, targets };
}
