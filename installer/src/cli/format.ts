import { createColors } from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import type { CheckResult } from '../model/check-result.ts';
import type { Plan } from '../model/plan.ts';
import { describeAction, formatPlan } from '../model/plan-text.ts';

/** Where text of a result goes: colours or none, and the width to wrap at (Infinity for a pipe). */
export type Surface = { readonly color: boolean; readonly columns: number };

/** Wraps at spaces; continuation lines begin under `indent` columns. */
export function hang(text: string, indent: number, columns: number): string {
  if (!Number.isFinite(columns) || columns - indent < 30) return text;
  return wrapAnsi(text, columns - indent, { trim: true, hard: false })
    .split('\n')
    .join(`\n${' '.repeat(indent)}`);
}

/** One line per check, with its findings and the next command below it when it did not pass. */
export function formatChecks(results: readonly CheckResult[], { color, columns }: Surface): string {
  const paint = createColors(color);
  const marks = {
    pass: paint.green('✓ pass'),
    warn: paint.yellow('! warn'),
    fail: paint.red('✗ FAIL'),
    skip: paint.dim('- skip'),
  };
  const width = Math.max(...results.map(({ name }) => name.length));
  const indent = width + 10;
  const line = (text: string): string => `${' '.repeat(indent)}${hang(text, indent, columns)}`;
  return results
    .flatMap(({ name, status, found, remedy, details }) => [
      `${marks[status]}  ${name.padEnd(width)}  ${hang(found, indent, columns)}`,
      ...(status === 'pass' ? [] : (details ?? []).map(line)),
      ...(remedy === '' ? [] : [line(`→ ${remedy}`)]),
    ])
    .join('\n');
}

/** Left-aligned columns, two spaces apart. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A plan for `--json`: the steps with their sentence. */
export function planAsJson(plan: Plan): unknown {
  return {
    title: plan.title,
    steps: plan.steps.map(({ id, action, cause, dependsOn, destroys, undo }) => ({
      id,
      kind: action.kind,
      action: describeAction(action),
      cause,
      dependsOn,
      destroys: destroys ?? null,
      undo: undo?.kind ?? null,
    })),
    text: formatPlan(plan),
  };
}

/** `3 min`, `2 h`, `5 d` since a moment. */
export function formatAge(since: string, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
  if (!Number.isFinite(seconds) || Date.parse(since) < 0) return '';
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86_400)} d`;
}
