import type { ConfigKey } from '../../model/config-keys.ts';
import {
  CHANGE_OPTIONS,
  GLOBAL_OPTIONS,
  LEADING_OPTIONS,
  type ArgumentSpec,
  type Command,
  type OptionSpec,
  type Values,
} from '../command.ts';

/** What a shell offers in the place of a value. */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'settings'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'directories' | 'nothing' };

export type CompletedOption = {
  /** `--dir` */
  readonly name: string;
  readonly description: string;
  readonly repeatable: boolean;
  /** Absent for an option that takes no value. */
  readonly value?: { readonly name: string; readonly offer: Offer };
};

export type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly argument?: CompletedArgument;
  readonly more?: CompletedArgument;
};

export type CompletedArgument = { readonly name: string; readonly offer: Offer };

/** What may stand after a command, where it can be listed. */
export const wordsAfter = ({ argument, more }: CompletedCommand): readonly string[] =>
  [argument, more].flatMap((one) => (one?.offer.kind === 'words' ? one.offer.words : []));

export type CompletionModel = {
  readonly program: string;
  /** May stand before the command. */
  readonly leading: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
};

/** Everything a completion script knows, from the data of the commands. */
export async function completionModel(
  commands: readonly Command[],
  keys: readonly ConfigKey[],
): Promise<CompletionModel> {
  const settings = keys.flatMap(({ key, values }) =>
    values.length === 0 ? [`${key}=`] : values.map((value) => `${key}=${value}`),
  );
  const completed = await Promise.all(
    commands.map(async (command): Promise<CompletedCommand> => {
      const specs = [
        ...command.options,
        ...(command.changes ? CHANGE_OPTIONS : []),
        ...GLOBAL_OPTIONS,
      ];
      const options = await completedOptions(specs, settings);
      const { name, summary, argument, more } = command;
      const completedArgument = async (one: ArgumentSpec): Promise<CompletedArgument> => ({
        name: one.name,
        offer: await offerOf(one.name, one.values, settings),
      });
      return {
        name,
        summary,
        options,
        ...(argument ? { argument: await completedArgument(argument) } : {}),
        ...(more ? { more: await completedArgument(more) } : {}),
      };
    }),
  );
  const names = [...commands.map(({ name }) => name), 'help'];
  const help: CompletedCommand = {
    name: 'help',
    summary: 'show help for a command',
    options: [],
    argument: { name: 'command', offer: { kind: 'words', words: names } },
  };
  const leading = await completedOptions(LEADING_OPTIONS, settings);
  return { program: 'factsway-install', leading, commands: [...completed, help] };
}

/** And --help, which goes with all of them. */
async function completedOptions(
  specs: readonly OptionSpec[],
  settings: readonly string[],
): Promise<CompletedOption[]> {
  const options = specs.map(
    async ({ flags, description, repeatable, values }): Promise<CompletedOption> => {
      const [name = '', placeholder] = flags.split(' ');
      const value = placeholder?.replace(/^<(.*)>$/, '$1');
      return {
        name,
        description,
        repeatable: repeatable === true,
        ...(value === undefined
          ? {}
          : { value: { name: value, offer: await offerOf(value, values, settings) } }),
      };
    },
  );
  return [
    ...(await Promise.all(options)),
    { name: '--help', description: 'show help', repeatable: false },
  ];
}

/** Named values first, else what the name of the value says: <file>, <dir>, <key=value>. */
async function offerOf(
  name: string,
  values: Values | undefined,
  settings: readonly string[],
): Promise<Offer> {
  if (values !== undefined)
    return { kind: 'words', words: typeof values === 'function' ? await values() : values };
  if (name === 'file') return { kind: 'files' };
  if (name === 'dir') return { kind: 'directories' };
  return name === 'key=value' ? { kind: 'settings', words: settings } : { kind: 'nothing' };
}
