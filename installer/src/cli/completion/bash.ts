import {
  wordsAfter,
  type CompletedCommand,
  type CompletionModel,
  type Offer,
} from './completion-model.ts';

/** For bash 4.3 or newer; needs no further package. */
export function bashCompletion({ program, leading, commands }: CompletionModel): string {
  const names = commands.map(({ name }) => name).join(' ');
  const before = leading.map(({ name }) => name).join(' ');
  const withValue = leading.filter(({ value }) => value).map(({ name }) => name);
  return `# Completion of ${program} for bash. Made by: ${program} completion bash
_factsway_install() {
  # From the line itself: bash would split the words at = and : as well.
  local line=\${COMP_LINE:0:COMP_POINT} cur= prev= command= flag= at=1
  local -a words
  read -ra words <<< "$line"
  if [[ $line != *[[:space:]] ]]; then
    cur=\${words[-1]}
    unset 'words[-1]'
  fi
  if (( \${#words[@]} > 1 )); then
    prev=\${words[-1]}
  fi
  while (( at < \${#words[@]} )); do
    case \${words[at]} in
      ${withValue.join('|')}) (( at += 2 )) ;;
      -*) (( at += 1 )) ;;
      *) command=\${words[at]}; break ;;
    esac
  done
  COMPREPLY=()
  if [[ $cur == --*=* ]]; then
    flag=\${cur%%=*}
    _factsway_install_value "$command $flag" "\${cur#*=}"
    return
  fi
  if _factsway_install_value "$command $prev" "$cur"; then
    return
  fi
  case $command in
    '') _factsway_install_words "${names} ${before} --version" ;;
${commands.map(caseOfCommand).join('\n')}
  esac
}

_factsway_install_words() {
  local word
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -W "$1" -- "\${2-$cur}")
}

# Replaces only what stands behind the last = where bash takes that for a word of its own.
_factsway_install_settings() {
  compopt -o nospace 2>/dev/null
  _factsway_install_words "$1" "$2"
  if [[ $2 == *=* && $COMP_WORDBREAKS == *=* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${2%=*}="}")
  fi
}

_factsway_install_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$2")
}

_factsway_install_value() {
  case $1 in
${[{ name: '', options: leading }, ...commands].flatMap(casesOfValues).join('\n')}
    *) return 1 ;;
  esac
}

complete -F _factsway_install ${program}
`;
}

function caseOfCommand(command: CompletedCommand): string {
  const { name, options } = command;
  const words = [...options.map((option) => option.name), ...wordsAfter(command)];
  return `    ${name}) _factsway_install_words "${words.join(' ')}" ;;`;
}

function casesOfValues({ name, options }: Pick<CompletedCommand, 'name' | 'options'>): string[] {
  return options.flatMap((option) =>
    option.value ? [`    "${name} ${option.name}") ${offerOf(option.value.offer)} ;;`] : [],
  );
}

function offerOf(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `_factsway_install_words "${offer.words.join(' ')}" "$2"`;
    case 'settings':
      return `_factsway_install_settings "${offer.words.join(' ')}" "$2"`;
    case 'files':
      return '_factsway_install_paths -f "$2"';
    case 'directories':
      return '_factsway_install_paths -d "$2"';
    case 'nothing':
      return ':';
  }
}
