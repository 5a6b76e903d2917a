import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Panel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Grafana's names of the units in use. A ratio is percentunit: 1 is shown as 100 %. */
export type Unit =
  'bytes' | 'Bps' | 'dtdurations' | 'none' | 'ops' | 'percentunit' | 'reqps' | 's' | 'short';

export type Query = { readonly expr: string; readonly legend: string };
/** Colours of a value; the first step has no lower end. */
export type Thresholds = readonly Threshold[];

type Common = {
  readonly title: string;
  /** What it shows and what a bad value means, for somebody who was woken by it. */
  readonly description: string;
  readonly unit: Unit;
  /** Of the 24 columns; a line of panels adds up to 24. */
  readonly width: number;
  readonly queries: readonly Query[];
  readonly decimals?: number;
  readonly thresholds?: Thresholds;
};

const GOOD = 'green';
const WATCH = 'yellow';
const BAD = 'red';
const NEUTRAL: Thresholds = [{ value: null, color: 'blue' }];

/** Good until a value, then to be watched, then bad. */
export const upTo = (watch: number, bad: number): Thresholds => [
  { value: null, color: GOOD },
  { value: watch, color: WATCH },
  { value: bad, color: BAD },
];
/** Bad below one value, to be watched below another, good above. */
export const atLeast = (watch: number, good: number): Thresholds => [
  { value: null, color: BAD },
  { value: watch, color: WATCH },
  { value: good, color: GOOD },
];
/** Good at zero, and never otherwise. */
export const none: Thresholds = [
  { value: null, color: GOOD },
  { value: 1, color: BAD },
];

const absolute = (steps: Thresholds): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);

type AnyBuilder = StatBuilder | TimeSeriesBuilder | HeatmapBuilder | TableBuilder;

function described<B extends AnyBuilder>(builder: B, panel: Common, height: number): B {
  builder
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .span(panel.width)
    .height(height)
    .thresholds(absolute(panel.thresholds ?? NEUTRAL));
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  return builder;
}

const asked = ({ expr, legend }: Query): DataqueryBuilder =>
  new DataqueryBuilder().expr(expr).legendFormat(legend);

type Stat = Common & {
  /** What a value means in a word, with its colour; the number is shown where nothing is said. */
  readonly words?: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
  /** A path below Grafana that a click leads to. */
  readonly leadsTo?: { readonly title: string; readonly url: string };
  readonly height?: number;
  /** The value alone unless the name of a series is the message, or both are. */
  readonly show?: 'name' | 'both';
};

const TEXT = {
  value: BigValueTextMode.Value,
  name: BigValueTextMode.Name,
  both: BigValueTextMode.ValueAndName,
} as const;

/** One number, or a tile for each series, in the colour of its threshold. */
export function stat(panel: Stat): Builder<Panel> {
  const builder = described(new StatBuilder(), panel, panel.height ?? 4)
    .targets(panel.queries.map((query) => asked(query).instant()))
    .graphMode(BigValueGraphMode.None)
    .colorMode(
      panel.thresholds || panel.words ? BigValueColorMode.Background : BigValueColorMode.Value,
    )
    .textMode(TEXT[panel.show ?? 'value'])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  if (panel.words)
    builder.mappings([{ type: MappingType.ValueToText, options: { ...panel.words } }]);
  if (panel.leadsTo)
    builder.dataLinks([new DashboardLinkBuilder(panel.leadsTo.title).url(panel.leadsTo.url)]);
  return builder;
}

type TimeSeries = Common & {
  /** Lower end of the axis, 0 unless given; `free` where values may be negative. */
  readonly min?: number | 'free';
  readonly max?: number;
  readonly stacked?: boolean;
  /** A table with last value and maximum below the graph, for more than a few series. */
  readonly table?: boolean;
  readonly height?: number;
};

/** Lines over time; thresholds are drawn across. */
export function timeSeries(panel: TimeSeries): Builder<Panel> {
  const builder = described(new TimeSeriesBuilder(), panel, panel.height ?? 8)
    .targets(panel.queries.map((query) => asked(query).range()))
    .lineWidth(1)
    .fillOpacity(panel.stacked ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .placement(LegendPlacement.Bottom)
        .displayMode(panel.table ? LegendDisplayMode.Table : LegendDisplayMode.List)
        .calcs(panel.table ? ['lastNotNull', 'max'] : []),
    );
  if (panel.min !== 'free') builder.min(panel.min ?? 0);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (panel.thresholds)
    builder.thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
    );
  return builder;
}

/** How many observations fell into each bucket: `sum by (le)` of a histogram, one query. */
export function heatmap(panel: Common & { readonly height?: number }): Builder<Panel> {
  return described(new HeatmapBuilder(), panel, panel.height ?? 9)
    .targets(panel.queries.map((query) => asked(query).range().format(PromQueryFormat.Heatmap)))
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(panel.unit))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .exponent(0.5)
        .steps(64),
    )
    .showLegend();
}

type Table = Common & {
  /** Columns in their order, with the label they are from and how they are called; others are not shown. */
  readonly columns: Readonly<Record<string, string>>;
  /** Name of the column that is sorted by, the largest first. */
  readonly sortedBy?: string;
  readonly height?: number;
};

/** The present series as rows; `Value` is the column of the value. */
export function table(panel: Table): Builder<Panel> {
  const names = Object.keys(panel.columns);
  const builder = described(new TableBuilder(), panel, panel.height ?? 8)
    .targets(panel.queries.map((query) => asked(query).instant().format(PromQueryFormat.Table)))
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: panel.columns,
      },
    });
  if (panel.sortedBy !== undefined)
    builder.sortBy([new TableSortByFieldStateBuilder().displayName(panel.sortedBy).desc(true)]);
  return builder;
}
