import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';

export type Consent = { readonly yes: boolean; readonly dryRun: boolean };

/** False for a dry run. Throws FW-NOT-CONFIRMED where nobody can answer, FW-CANCELLED for a no. */
export async function agree(
  question: string,
  { yes, dryRun }: Consent,
  { prompter }: Pick<Ports, 'prompter'>,
): Promise<boolean> {
  if (dryRun) return false;
  if (yes || (await prompter.confirm(question, true))) return true;
  throw new FactswayError(
    'FW-CANCELLED',
    'Not confirmed; nothing was changed.',
    'Run the command again when you are ready.',
  );
}
