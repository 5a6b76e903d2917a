import { CONFIG_API_VERSION } from '../../model/config.ts';
import type { ConfigMigration } from '../../model/config-migration.ts';
import { FactswayError } from '../../model/errors.ts';
import { renameKey } from './rename-key.ts';
import { stateForm, type Stated } from './state-form.ts';
import type { MigrationStep, Rename } from './step.ts';
import { STEPS } from './steps.ts';

export type Migrated = Stated & { readonly migration: ConfigMigration };

/** A form that exists or will; anything else after `apiVersion:` is for the schema to refuse. */
const FORM = /^factsway\/v([1-9]\d{0,5})$/;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The text of a configuration file in the present form, edited line by line: comments, order, quoting, anchors and
 * line ends stay. Undefined where it has that form, or names none that ever was. `value` is what the text means,
 * `source` what the file is called in messages. Throws FW-CONFIG-NEWER for a form of a later installer, and
 * FW-CONFIG-NOT-EDITABLE where aliases tie a line to another that must not change. The caller checks the result
 * against the schema.
 */
export function migrateConfig(
  text: string,
  value: unknown,
  source: string,
  steps: readonly MigrationStep[] = STEPS,
): Migrated | undefined {
  const current = steps.at(-1)?.to ?? CONFIG_API_VERSION;
  const from = formOf(value, steps);
  if (from === undefined || from === current) return undefined;
  refuseLaterForm(from, current, source);
  const first = steps.findIndex((step) => step.from === from);
  if (first < 0) return undefined;
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const did: string[] = [];
  let edited = text.slice(mark.length);
  for (const rename of steps.slice(first).flatMap(({ renames }) => renames)) {
    const result = renameKey(edited, rename);
    if (result === 'refused') throw notEditable(rename, source);
    if (result === 'unchanged') continue;
    edited = result.text;
    did.push(sentence(rename));
  }
  const stated = stateForm(edited, current, source);
  return { ...stated, text: mark + stated.text, migration: { from, to: current, did } };
}

/** What a path of an older form is called in the present one: for settings that come without a file around them. */
export function presentPath(
  path: readonly string[],
  steps: readonly MigrationStep[] = STEPS,
): readonly string[] {
  return steps
    .flatMap(({ renames }) => renames)
    .reduce<readonly string[]>((now, { path: old, name }) => {
      const isBelow = old.every((part, index) => now[index] === part);
      return isBelow ? [...now.slice(0, old.length - 1), name, ...now.slice(old.length)] : now;
    }, path);
}

/** Files that name no form were written when there was but one. */
function formOf(value: unknown, steps: readonly MigrationStep[]): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (!Object.hasOwn(value, 'apiVersion')) return steps[0]?.from;
  const form = (value as { readonly apiVersion: unknown }).apiVersion;
  return typeof form === 'string' && FORM.test(form) ? form : undefined;
}

function refuseLaterForm(form: string, current: string, source: string): void {
  const number = (name: string): number => Number(FORM.exec(name)?.[1]);
  if (number(form) <= number(current)) return;
  throw new FactswayError(
    'FW-CONFIG-NEWER',
    `${source} is of the form ${form}, which a later installer wrote; this one knows forms up to ${current}.`,
    `Use the installer that wrote it, or a later one; which this one is: factsway-install --version   Nothing was changed.`,
  );
}

const sentence = ({ path, name, because }: Rename): string =>
  `${path.join('.')} is now called ${[...path.slice(0, -1), name].join('.')}, ${because}.`;

function notEditable({ path, name }: Rename, source: string): FactswayError {
  const key = path.join('.');
  return new FactswayError(
    'FW-CONFIG-NOT-EDITABLE',
    `${source}: ${key} is now called ${name}, and cannot be renamed without changing something else in the file: an alias (*) ties them to an anchor (&).`,
    `Rename ${key} to ${name} in ${source} by hand, and set apiVersion to ${CONFIG_API_VERSION}; nothing was changed.`,
  );
}
