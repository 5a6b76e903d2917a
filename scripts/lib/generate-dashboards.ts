import { DASHBOARDS } from '../../monitoring/dashboards/index.ts';
import type { DashboardFile, Panel } from '../../monitoring/dashboards/shape.ts';
import { GENERATED, table } from './generated-page.ts';

/** Each dashboard by its path below the repository. Without line breaks: prettier puts what fits on one line. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(DASHBOARDS).map(([name, dashboard]) => [
      `config-templates/grafana/dashboards/${name}.json`,
      JSON.stringify(dashboard),
    ]),
  );
}

export function dashboardsPage(): string {
  const sections = Object.values(DASHBOARDS).map((dashboard) =>
    [
      `## ${dashboard.title ?? ''}`,
      `${dashboard.description ?? ''} Its address below Grafana: \`/d/${dashboard.uid ?? ''}\`.`,
      panelTable(dashboard),
    ].join('\n\n'),
  );
  return `${GENERATED}# Dashboards\n\nRendered where Grafana runs, in the folder FACTSWAY; the first one is what Grafana opens with. They cannot be changed in Grafana: save a copy under another name. A range of \`$__rate_interval\` is chosen by Grafana, never shorter than four scrapes. Purple marks are releases that began to run.\n\n${sections.join('\n\n')}\n`;
}

function panelTable({ panels = [] }: DashboardFile): string {
  let row = '';
  const rows = panels.flatMap((panel) => {
    if (panel.type !== 'row') return [[row, ...cells(panel)]];
    row = panel.title ?? '';
    return [];
  });
  return table(['row', 'panel', 'unit', 'queries'], rows);
}

function cells({ title = '', description = '', fieldConfig, targets = [] }: Panel): string[] {
  const queries = targets.map(({ expr = '' }) => `\`${expr}\``).join(' ');
  return [`**${title}** ${description}`, fieldConfig?.defaults.unit ?? '', queries];
}
