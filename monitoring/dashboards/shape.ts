/**
 * A dashboard as Grafana reads it from a file: the classic schema, as far as we write and check it. Of what the SDK
 * makes, everything is written; the rest is only not looked at.
 */

export type DataSource = { readonly type?: string; readonly uid?: string };

export type Target = {
  readonly refId?: string;
  readonly expr?: string;
  readonly legendFormat?: string;
  /** Only the last value is asked for. */
  readonly instant?: boolean;
  readonly datasource?: DataSource;
};

/** Columns and rows of Grafana's grid: 24 columns, rows of some 38 pixels. */
export type GridPosition = {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
};

export type Panel = {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos?: GridPosition;
  readonly datasource?: DataSource;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  /** Only of a row that is folded. */
  readonly panels?: readonly Panel[];
};

export type Variable = {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly query?: unknown;
  readonly datasource?: DataSource;
  /** 2: anew with every change of the time range. */
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly allValue?: string;
};

export type Annotation = {
  readonly name: string;
  readonly datasource?: DataSource;
  readonly expr?: string;
};

export type Link = {
  readonly title: string;
  readonly type: string;
  readonly tags: readonly string[];
};

export type DashboardFile = {
  readonly uid?: string;
  readonly title?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly editable?: boolean;
  readonly schemaVersion: number;
  readonly refresh?: string;
  readonly timezone?: string;
  readonly time?: { readonly from: string; readonly to: string };
  readonly templating: { readonly list?: readonly Variable[] };
  readonly annotations: { readonly list?: readonly Annotation[] };
  readonly links?: readonly Link[];
  readonly panels?: readonly Panel[];
};

/** Every panel, those inside folded rows too; rows themselves left out. */
export function panelsOf({ panels = [] }: DashboardFile): readonly Panel[] {
  const flat = (list: readonly Panel[]): Panel[] =>
    list.flatMap((panel) => [panel, ...flat(panel.panels ?? [])]);
  return flat(panels).filter(({ type }) => type !== 'row');
}
