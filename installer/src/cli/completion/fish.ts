import {
  wordsAfter,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  type Offer,
} from './completion-model.ts';

/** One line for each thing that can be completed, as fish wants it. */
export function fishCompletion({ program, leading, commands }: CompletionModel): string {
  const complete = `complete -c ${program}`;
  return [
    `# Completion of ${program} for fish. Made by: ${program} completion fish`,
    commandFinder(leading),
    `${complete} -f`,
    ...leading.map((option) => lineOf(option, `${complete} -n ${NO_COMMAND}`)),
    `${complete} -n ${NO_COMMAND} -l version -d 'print the version'`,
    ...commands.map(
      ({ name, summary }) => `${complete} -n ${NO_COMMAND} -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => linesOf(command, complete)),
    '',
  ].join('\n');
}

function linesOf(command: CompletedCommand, complete: string): string[] {
  const { name, options } = command;
  const words = wordsAfter(command);
  const inside = `${complete} -n '${COMMAND_IS} ${name}'`;
  return [
    ...options.map((option) => lineOf(option, inside)),
    ...(words.length > 0 ? [`${inside} -a ${quoted(words.join(' '))}`] : []),
  ];
}

const lineOf = ({ name, value, description }: CompletedOption, before: string): string =>
  `${before} -l ${name.replace(/^--/, '')}${value ? ` ${offerOf(value.offer)}` : ''} -d ${quoted(description)}`;

const NO_COMMAND = '__factsway_install_no_command';
const COMMAND_IS = '__factsway_install_command_is';

/** fish's own functions take the value of an option for the command. */
function commandFinder(leading: readonly CompletedOption[]): string {
  const withValue = leading.filter(({ value }) => value).map(({ name }) => name);
  return `function __factsway_install_command
    set -l is_next 1
    for word in (commandline -opc)
        if test $is_next -eq 1
            set is_next 0
            continue
        end
        switch $word
            case ${withValue.join(' ')}
                set is_next 1
            case '-*'
            case '*'
                echo $word
                return
        end
    end
end
function ${NO_COMMAND}
    set -l command (__factsway_install_command)
    test -z "$command"
end
function ${COMMAND_IS}
    set -l command (__factsway_install_command)
    test "$command" = $argv[1]
end`;
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
