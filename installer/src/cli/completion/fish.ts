import type { CompletedCommand, CompletionModel, Offer } from './completion-model.ts';

/** One line for each thing that can be completed, as fish wants it. */
export function fishCompletion({ program, commands }: CompletionModel): string {
  const complete = `complete -c ${program}`;
  return [
    `# Completion of ${program} for fish. Made by: ${program} completion fish`,
    `${complete} -f`,
    `${complete} -n __fish_use_subcommand -l help -d 'show help'`,
    `${complete} -n __fish_use_subcommand -l version -d 'print the version'`,
    ...commands.map(
      ({ name, summary }) =>
        `${complete} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => linesOf(command, complete)),
    '',
  ].join('\n');
}

function linesOf({ name, options, argument }: CompletedCommand, complete: string): string[] {
  const inside = `${complete} -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...options.map(
      (option) =>
        `${inside} -l ${option.name.replace(/^--/, '')}${option.value ? ` ${offerOf(option.value.offer)}` : ''} -d ${quoted(option.description)}`,
    ),
    ...(argument?.offer.kind === 'words'
      ? [`${inside} -a ${quoted(argument.offer.words.join(' '))}`]
      : []),
  ];
}

/** fish knows two escapes inside single quotes. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

function offerOf(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
    case 'settings':
      return `-x -a ${quoted(offer.words.join(' '))}`;
    case 'files':
      return '-r -F';
    case 'directories':
      return "-x -a '(__fish_complete_directories)'";
    case 'nothing':
      return '-x';
  }
}
