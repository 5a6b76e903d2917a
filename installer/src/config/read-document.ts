import { LineCounter, parseDocument, visit, type Document, type ErrorCode } from 'yaml';
import { FactswayError, together } from '../model/errors.ts';

export type ReadDocument = {
  readonly document: Document;
  readonly lines: LineCounter;
  /** What it means, its aliases followed; an empty document is an empty section. */
  readonly value: unknown;
};

/** Characters; a hundred times what a real one has, and read in a moment. */
const LARGEST_FILE = 256 * 1024;

/** What follows from the first ones helps nobody. */
const MOST_SYNTAX_ERRORS = 20;

/** For messages of the parser that speak to a programmer. */
const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  MULTIPLE_DOCS: 'A second document begins here (---); a configuration is one document',
  RESOURCE_EXHAUSTION: 'Nested more deeply than any configuration is',
};

/** A text as YAML, whatever it says. `source` is what it is called in messages. Throws FW-CONFIG-SYNTAX and FW-CONFIG-INVALID. */
export function readDocument(text: string, source: string): ReadDocument {
  if (text.length > LARGEST_FILE) {
    throw new FactswayError(
      'FW-CONFIG-INVALID',
      `${source} is larger than a configuration file can be (${LARGEST_FILE / 1024} KiB).`,
      'Check that it is the file you meant; nothing was changed.',
    );
  }
  const lines = new LineCounter();
  // A byte order mark is not counted as a column: no editor shows it.
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    // What it warns of is refused below, in our words and not on stderr.
    logLevel: 'error',
  });
  const [broken, ...others] = document.errors
    .slice(0, MOST_SYNTAX_ERRORS)
    .map(({ pos, code, message }) =>
      brokenAt(lines.linePos(pos[0]), WORDS[code] ?? message, source),
    );
  if (broken) throw together(broken, others);
  return { document, lines, value: toValue(document, lines, source) };
}

function brokenAt(
  { line, col }: { readonly line: number; readonly col: number },
  reason: string,
  source: string,
): FactswayError {
  return new FactswayError(
    'FW-CONFIG-SYNTAX',
    `${source}:${line}:${col}: ${reason}`,
    `Correct line ${line} of ${source}; nothing was changed.`,
  );
}

/** What aliases come to is only found here. */
function toValue(document: Document, lines: LineCounter, source: string): unknown {
  const lost = unknownAlias(document);
  if (lost !== undefined) {
    const { line, col } = lines.linePos(lost.offset);
    throw new FactswayError(
      'FW-CONFIG-SYNTAX',
      `${source}:${line}:${col}: the alias *${lost.name} has no anchor &${lost.name} before it.`,
      `Quote a value that begins with * or &, e.g. "*.example.com"; nothing was changed.`,
    );
  }
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // The parser's own limit, against files that are small and mean gigabytes.
    if (!(error instanceof ReferenceError)) throw error;
    throw new FactswayError(
      'FW-CONFIG-SYNTAX',
      `${source}: its aliases (*) multiply to more than any configuration holds.`,
      `Write the values out in ${source} instead of repeating them by anchors (&) and aliases (*); nothing was changed.`,
    );
  }
}

/** The first alias whose anchor does not stand before it. */
function unknownAlias(document: Document): { name: string; offset: number } | undefined {
  const anchors = new Set<string>();
  let lost: { name: string; offset: number } | undefined;
  visit(document, {
    Node: (_, node) => {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
    Alias: (_, { source, range }) => {
      if (anchors.has(source)) return undefined;
      lost = { name: source, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return lost;
}
