/** Where output goes is no word of the command: `>file`, `2>/dev/null`. */
const REDIRECTION = /^\d?>>?/;

/**
 * The commands of one line of shell, each as its words. Knows quotes, pipes, lists, redirections and what stands in
 * `$(…)`: enough for what a runbook asks a tired person to type, which is no more than that.
 */
export function commandsIn(line: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
      else word = `${word ?? ''}${character}`;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) endWord();
    else if (/[|;&()]/.test(character) || line.startsWith('$(', at)) {
      endWord();
      commands.push([]);
      if (character === '$') at += 1;
    } else word = `${word ?? ''}${character}`;
  }
  endWord();
  return commands
    .map(withoutRedirections)
    .map((words) => (words[0] === 'sudo' ? words.slice(1) : words))
    .filter((words) => words.length > 0);
}

function withoutRedirections(words: readonly string[]): string[] {
  const bare = (word: string | undefined): boolean => /^\d?>>?$/.test(word ?? '');
  return words.filter((word, at) => !REDIRECTION.test(word) && !bare(words[at - 1]));
}
