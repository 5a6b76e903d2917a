import { formatTable } from '../../installer/src/cli/format.ts';

/** One line of the table. A benchmark says what it found; it never fails because a machine is slow. */
export type Row = {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly target: string;
  readonly met: boolean;
  readonly details: unknown;
};

export function formatRows(rows: readonly Row[]): string {
  return formatTable([
    ['what', 'measured', 'against', 'target', ''],
    ...rows.map(({ what, measured, against, target, met }) => [
      what,
      measured,
      against,
      target,
      met ? 'met' : 'MISSED',
    ]),
  ]);
}

export const milliseconds = (value: number): string =>
  value < 10_000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1000).toFixed(1)} s`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}×`;
