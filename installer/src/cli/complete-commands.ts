import { shellWord } from '../model/shell.ts';

/**
 * Hints name commands without the instance they are for, since rooms that write them do not know how it was
 * chosen. Here every `factsway-install <command>` of a text gets its --dir, so that it can be typed as it stands.
 * Without a directory (the default one) the text stays as it is.
 */
export function completeCommands(
  names: readonly string[],
  directory: string | undefined,
): (text: string) => string {
  if (directory === undefined) return (text) => text;
  const mention = new RegExp(
    String.raw`\bfactsway-install\s+(?:${names.join('|')})(?![\w-])(?!\s+--(?:dir|help)\b)`,
    'g',
  );
  const option = ` --dir ${shellWord(directory)}`;
  return (text) => text.replaceAll(mention, (found) => `${found}${option}`);
}
