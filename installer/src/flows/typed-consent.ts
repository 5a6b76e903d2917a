import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { configInEffect } from './in-effect.ts';
import type { Consent } from './run-plan.ts';

/** A yes to the loss of data: by typing the host name, or by --confirm with it together with --yes. */
export type TypedConsent = {
  /** Host name to type. */
  readonly name: string;
  /** Typed beforehand, of --confirm. */
  readonly confirmed: string | undefined;
  readonly consent: Consent;
  /** What is lost, as a sentence. */
  readonly loss: string;
  /** After "to": what typing it does. */
  readonly purpose: string;
  /** The whole command for where nobody can be asked. */
  readonly command: string;
};

/** The host name the platform was made for; where nothing tells it, that of this machine. */
export async function nameToType(directory: string, { files, host }: Ports): Promise<string> {
  try {
    return (await configInEffect(directory, files)).config.host.name;
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    return host.hostname();
  }
}

/** Throws FW-NOT-CONFIRMED before anything is shown that could be agreed to by nobody, or of another instance. */
export function refuseUnconfirmed(
  { name, confirmed, consent, loss, command }: TypedConsent,
  { prompter }: Pick<Ports, 'prompter'>,
): void {
  if (confirmed !== undefined && confirmed !== name) {
    throw new FactswayError(
      'FW-NOT-CONFIRMED',
      `--confirm says "${confirmed}", but this is the instance of ${name}. Nothing was changed.`,
      `Make sure that it is the one you mean, then: ${command}`,
    );
  }
  if (prompter.interactive || (confirmed !== undefined && consent.yes)) return;
  throw new FactswayError(
    'FW-NOT-CONFIRMED',
    `${loss}, and nobody is there to confirm it.`,
    `Look at the plan with --dry-run, then: ${command}`,
  );
}

/** Typed, or given beforehand together with a yes: --yes alone never destroys data. */
export async function agreeByTyping(
  { name, confirmed, consent, purpose }: TypedConsent,
  { prompter }: Pick<Ports, 'prompter'>,
): Promise<boolean> {
  if (confirmed !== undefined)
    return consent.yes || prompter.confirm('Carry out this plan?', false);
  const typed = await prompter.text({
    title: `Type the host name ${name} to ${purpose}`,
    lines: ['There is no way back. Ctrl-C leaves everything as it is.'],
    suggestion: '',
    back: false,
    check: (text) => (text.trim() === name ? undefined : `This is the instance of ${name}`),
  });
  return typed?.trim() === name;
}
