import { lexer, walkTokens, type Token, type Tokens } from 'marked';
import { markDefaults } from './instance.ts';
import { commandsIn } from './shell-words.ts';

/** What somebody who was woken wants to know, in this order; the last is ours, the others are the field's. */
export const HEADINGS = [
  'Meaning',
  'Impact',
  'Diagnosis',
  'Mitigation',
  'Tell the client',
] as const;

/** Info string of a fence that changes nothing and works on any healthy platform: a scenario types it. */
const TRIED = 'sh run';

/** One line of a code fence, without its comment. */
export type RunbookLine = {
  readonly section: string;
  readonly text: string;
  /** Whether the scenario runs it. */
  readonly tried: boolean;
};

export type Section = {
  readonly heading: string;
  readonly tokens: readonly Token[];
};

export type Runbook = {
  /** Without the extension: `ServiceDown`. */
  readonly name: string;
  readonly title: string;
  /** By level-2 heading, in the order written. */
  readonly sections: readonly Section[];
  readonly lines: readonly RunbookLine[];
  /** Every command of fences and of the text, as words. */
  readonly commands: readonly (readonly string[])[];
  /** PromQL that its commands ask. */
  readonly queries: readonly string[];
  readonly links: readonly string[];
  /** Every piece of text and code, with marks for what an installation fills in. */
  readonly marked: readonly string[];
  /** What Markdown lets through to a browser as it is; there should be none. */
  readonly rawHtml: readonly string[];
};

/** Reads one runbook; what is wrong with it is `checkRunbook`'s to say. */
export function parseRunbook(name: string, markdown: string): Runbook {
  const tokens = lexer(markdown);
  const sections: { heading: string; tokens: Token[] }[] = [];
  let title = '';
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 1) title = (token as Tokens.Heading).text;
    else if (token.type === 'heading' && token.depth === 2)
      sections.push({ heading: (token as Tokens.Heading).text, tokens: [] });
    else if (token.type !== 'space') sections.at(-1)?.tokens.push(token);
  }
  const links: string[] = [];
  const rawHtml: string[] = [];
  const inText: string[] = [];
  const marked: string[] = [];
  void walkTokens(tokens, (token) => {
    if (token.type === 'link') links.push((token as Tokens.Link).href);
    if (token.type === 'html') rawHtml.push((token as Tokens.HTML).text.trim());
    if (token.type === 'codespan') {
      inText.push((token as Tokens.Codespan).text);
      marked.push(markDefaults((token as Tokens.Codespan).text, 'text'));
    }
    if (token.type === 'text' && (token as Tokens.Text).tokens === undefined)
      marked.push(token.raw);
  });
  const lines = sections.flatMap(linesOf);
  const commands = [...lines.map(({ text }) => text), ...inText].flatMap(commandsIn);
  return {
    name,
    title,
    sections,
    lines,
    commands,
    queries: commands.flatMap(queryOf),
    links,
    marked: [...marked, ...lines.map(({ text }) => markDefaults(text, 'command'))],
    rawHtml,
  };
}

function linesOf({ heading, tokens }: Section): RunbookLine[] {
  const fences: Tokens.Code[] = [];
  void walkTokens([...tokens], (token) => {
    if (token.type === 'code') fences.push(token as Tokens.Code);
  });
  return fences.flatMap(({ text, lang }) =>
    text.split('\n').flatMap((line) => {
      const { command } = splitComment(line);
      return command === '' ? [] : [{ section: heading, text: command, tried: lang === TRIED }];
    }),
  );
}

/** A comment is a line of its own or stands behind two spaces, so that a `#` in a command is none. */
export function splitComment(line: string): { command: string; comment: string } {
  const match = /^(.*?)(?:^|\s{2,})(#\s.*)$/.exec(line);
  return match
    ? { command: (match[1] ?? '').trimEnd(), comment: match[2] ?? '' }
    : { command: line.trimEnd(), comment: '' };
}

function queryOf(words: readonly string[]): string[] {
  return words[0] === 'curl'
    ? words.flatMap((word) => (word.startsWith('query=') ? [word.slice('query='.length)] : []))
    : [];
}
