import type { UninstallResult } from '../flows/uninstall.ts';
import { formatPlan } from '../model/plan-text.ts';
import { formatTable } from './format.ts';

/** What was done or would be, what stays and why, and the way back or on. */
export function formatUninstall(result: UninstallResult, purge: boolean): string {
  const { plan, executed, stays, backup, directory } = result;
  const done = executed ? '' : 'would ';
  const nothing = plan.steps.length === 0;
  const head = nothing
    ? `Nothing is left to take away in ${directory}.`
    : executed
      ? purge
        ? stays.unproven.length > 0
          ? 'Uninstalled; but there are volumes left that may be of it.'
          : 'Uninstalled; the data is gone.'
        : 'Uninstalled; the data is still there.'
      : formatPlan(plan);
  const rows: string[][] = [
    ...row('data', stays.volumes),
    ...row('directory', stays.files),
    ...row('not ours', stays.notOurs),
    ...stays.images.map(({ reference, because }, index) => [
      index === 0 ? 'images' : '',
      `${reference}  (${because})`,
    ]),
    ...stays.unproven.map((volume, index) => [
      index === 0 ? 'volumes' : '',
      `${volume}  (nothing shows that it is of this directory)`,
    ]),
  ];
  const kept =
    rows.length === 0
      ? []
      : [`${done === '' ? 'Stays' : 'Would stay'}:\n${indent(formatTable(rows))}`];
  return [head, ...kept, ...(purge ? purgeTail(result) : wayOn(result, backup))].join('\n\n');
}

const row = (name: string, items: readonly string[]): string[][] =>
  items.map((item, index) => [index === 0 ? name : '', item]);

const indent = (text: string): string => text.replaceAll(/^/gm, '  ');

function purgeTail({ emptied, executed, directory, stays, backup }: UninstallResult): string[] {
  if (!executed)
    return backup.length === 0
      ? []
      : [`A last copy of the data, before it is gone:\n${indent(backup.join('\n'))}`];
  if (emptied) return [`${directory} is gone as well.`];
  return stays.notOurs.length > 0 ? [`${directory} stays, because it holds what is not ours.`] : [];
}

function wayOn({ stays }: UninstallResult, backup: readonly string[]): string[] {
  if (stays.volumes.length + stays.files.length === 0) return [];
  return [
    [
      'Come back to it:     factsway-install up',
      'Remove the rest too: factsway-install uninstall --purge',
    ].join('\n'),
    ...(backup.length === 0
      ? []
      : [`A copy of the data, before that:\n${indent(backup.join('\n'))}`]),
  ];
}
