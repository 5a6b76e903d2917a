import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { MigrationStatus } from '../facts.ts';

/** Invariant 2 (spec 01): the schema is at the head of the serving release and its ledger is intact. */
export function analyseMigrations({ exitCode, result, output }: MigrationStatus): CheckResult {
  if (exitCode === 0 && result)
    return pass(
      'migrations',
      `the schema is at ${result.after ?? 'its beginning'}, nothing is pending`,
    );
  if (result && result.pending.length > 0)
    return fail(
      'migrations',
      `${result.pending.length} migrations are pending: ${result.pending.join(', ')}`,
      'Run them: factsway-install up',
    );
  return fail(
    'migrations',
    `the migrations do not agree with the database (${result?.code ?? `exit code ${exitCode}`})`,
    'What is wrong stands above. Look at the database: factsway-install logs postgres   and at what up would do: factsway-install up --dry-run',
    output.trim().split('\n').slice(-5),
  );
}
