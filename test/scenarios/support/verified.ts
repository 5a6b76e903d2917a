import type { CheckResult } from '../../../installer/src/model/check-result.ts';
import { cli, type JsonDocument } from './cli.ts';

export type Verified = {
  readonly exitCode: number;
  readonly errors: JsonDocument['errors'];
  readonly rows: Readonly<Record<string, CheckResult>>;
  /** Names of the rows that failed, in order. */
  readonly failed: readonly string[];
};

/** `release verify URL`, as a person runs it; `ca` is the file of an authority that Node does not know. */
export async function verified(
  url: string,
  { deep = false, ca }: { readonly deep?: boolean; readonly ca?: string } = {},
): Promise<Verified> {
  const argv = ['release', 'verify', url, ...(deep ? ['--deep'] : []), '--json'];
  const run = await cli(argv, ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca });
  const { errors, result } = JSON.parse(run.stdout) as JsonDocument;
  const rows = (result?.['rows'] ?? []) as readonly CheckResult[];
  return {
    exitCode: run.exitCode,
    errors,
    rows: Object.fromEntries(rows.map((row) => [row.name, row])),
    failed: rows.filter(({ status }) => status === 'fail').map(({ name }) => name),
  };
}
