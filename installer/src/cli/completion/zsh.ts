import { singleQuoted } from '../../model/shell.ts';
import type {
  CompletedCommand,
  CompletedOption,
  CompletionModel,
  Offer,
} from './completion-model.ts';

/** Works sourced after compinit, and as a file _factsway-install in a directory of $fpath. */
export function zshCompletion({ program, leading, commands }: CompletionModel): string {
  return `#compdef ${program}
# Completion of ${program} for zsh. Made by: ${program} completion zsh
_factsway_install_settings() {
  local -a settings=("$@[2,-1]")
  compadd -S '' -a settings
}

_${program}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${commands.map(({ name, summary }) => `    ${singleQuoted(`${name}:${summary}`)}`).join('\n')}
  )
  # -A: what stands behind the command is the command's.
  _arguments -C -A '-*' \\
${leading.map((option) => `    ${singleQuoted(optionSpec(option))} \\`).join('\n')}
    '--version[print the version]' '1:command:->command' '*::argument:->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${commands.map(caseOfCommand).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

function caseOfCommand({ name, options, argument, more }: CompletedCommand): string {
  const specs = [
    ...options.map(optionSpec),
    ...(argument ? [`1:${escaped(argument.name)}:${actionOf(argument.offer)}`] : []),
    ...(more ? [`2:${escaped(more.name)}:${actionOf(more.offer)}`] : []),
  ];
  return [
    `        ${name})`,
    '          _arguments \\',
    ...specs.map(
      (spec, index) => `            ${singleQuoted(spec)}${index < specs.length - 1 ? ' \\' : ''}`,
    ),
    '          ;;',
  ].join('\n');
}

function optionSpec({ name, description, repeatable, value }: CompletedOption): string {
  const described = `[${escaped(description)}]`;
  return [
    repeatable ? '*' : '',
    name,
    value ? '=' : '',
    described,
    value ? `:${escaped(value.name)}:${actionOf(value.offer)}` : '',
  ].join('');
}

const escaped = (text: string): string => text.replaceAll(/[\\[\]:]/g, String.raw`\$&`);

function actionOf(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `(${offer.words.join(' ')})`;
    case 'settings':
      return `_factsway_install_settings settings ${offer.words.join(' ')}`;
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'nothing':
      return ' ';
  }
}
