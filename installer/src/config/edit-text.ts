import { isMap, isNode, isScalar, stringify, type Document, type Pair, type YAMLMap } from 'yaml';

/** What text stands where: `[begin, end)` is replaced by `text`. */
type Edit = { readonly begin: number; readonly end: number; readonly text: string };
type Found = {
  /** The innermost map on the way. */
  readonly map: YAMLMap;
  /** Its key, if it has it; then what is left of the path is below that key's value, which is no map. */
  readonly pair?: Pair;
  readonly rest: readonly string[];
};

const DEFAULT_STEP = 2;

/**
 * Text of a YAML document with one key set and every other byte as it was, or undefined where its form is too
 * unusual for that. The document is that text, parsed with `keepSourceTokens`. The caller checks what came out.
 */
export function editText(
  text: string,
  document: Document,
  path: readonly string[],
  value: unknown,
): string | undefined {
  const writer = new Writer(text, document);
  const edits = isMap(document.contents)
    ? writer.edit(find(document.contents, path), value)
    : writer.begin(path, value);
  return edits
    ?.toSorted((a, b) => b.begin - a.begin)
    .reduce((done, edit) => done.slice(0, edit.begin) + edit.text + done.slice(edit.end), text);
}

function find(map: YAMLMap, path: readonly string[]): Found {
  const [first, ...rest] = path;
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === first);
  if (!pair) return { map, rest: path };
  return rest.length > 0 && isMap(pair.value) ? find(pair.value, rest) : { map, pair, rest };
}

class Writer {
  readonly #text: string;
  readonly #document: Document;
  readonly #newline: string;

  constructor(text: string, document: Document) {
    this.#text = text;
    this.#document = document;
    this.#newline = text.includes('\r\n') ? '\r\n' : '\n';
  }

  edit({ map, pair, rest }: Found, value: unknown): readonly Edit[] | undefined {
    if (!pair)
      return map.flow ? this.#intoFlow(map, rest, value) : this.#intoBlock(map, rest, value);
    return rest.length > 0 ? this.#below(map, pair, rest, value) : this.#replace(map, pair, value);
  }

  /** A document without any key gets its first. */
  begin(path: readonly string[], value: unknown): readonly Edit[] | undefined {
    const contents = this.#document.contents;
    const isEmpty = !isNode(contents) || (isScalar(contents) && contents.source === '');
    if (!isEmpty) return undefined;
    const end = this.#text.length;
    return [{ begin: end, end, text: this.#startOfLine(end) + this.#block('', path, value) }];
  }

  /** A further key after the last one, on a line of its own. */
  #intoBlock(map: YAMLMap, path: readonly string[], value: unknown): readonly Edit[] | undefined {
    const [first, last] = [map.items[0], map.items.at(-1)];
    const indent = first && this.#indentOf(first);
    if (indent === undefined || !last) return undefined;
    const at = this.#endOfLine(endOf(last));
    return [{ begin: at, end: at, text: this.#startOfLine(at) + this.#block(indent, path, value) }];
  }

  #intoFlow(map: YAMLMap, path: readonly string[], value: unknown): readonly Edit[] | undefined {
    const last = map.items.at(-1);
    const entry = flowEntry(path, value);
    const end = map.range?.[1];
    if (end === undefined) return undefined;
    if (!last) return [{ begin: end - 1, end, text: ` ${entry} }` }];
    const at = endOf(last);
    return [{ begin: at, end: at, text: `, ${entry}` }];
  }

  /** What stands there is no map and becomes one. */
  #below(
    map: YAMLMap,
    pair: Pair,
    path: readonly string[],
    value: unknown,
  ): readonly Edit[] | undefined {
    if (map.flow) return this.#put(pair, ` { ${flowEntry(path, value)} }`);
    const indent = this.#indentOf(pair);
    const removed = this.#put(pair, '');
    if (indent === undefined || !removed) return undefined;
    const at = this.#endOfLine(endOf(pair));
    const step = ' '.repeat(this.#step());
    const text = this.#startOfLine(at) + this.#block(indent + step, path, value);
    return [...removed, { begin: at, end: at, text }];
  }

  #replace(map: YAMLMap, pair: Pair, value: unknown): readonly Edit[] | undefined {
    const old = isScalar(pair.value) ? pair.value.type : undefined;
    return this.#put(pair, ` ${map.flow ? flowScalar(value) : blockScalar(value, old)}`);
  }

  /** Replaces the value of a key, from where it begins to where it ends; a comment beside the key stays. */
  #put(pair: Pair, text: string): readonly Edit[] | undefined {
    const colon = colonOf(pair);
    const node = pair.value;
    if (colon === undefined) return undefined;
    const here = { begin: colon, end: colon, text };
    if (!isNode(node) || !node.range || node.range[0] === node.range[1]) return [here];
    const [begin, end] = node.range;
    const gap = this.#text.slice(colon, begin);
    const isBeside = !/[\n\r]/.test(gap);
    // A value that is a line or more by itself ends after its last line break, which stays.
    const trimmed = this.#text.slice(begin, end).trimEnd().length + begin;
    if (isBeside && text !== '') return [{ begin, end: trimmed, text: text.trimStart() }];
    return [
      { begin: isBeside ? colon : this.#endOfText(colon), end: trimmed, text: '' },
      here,
    ].filter((edit) => edit.begin < edit.end || edit.text !== '');
  }

  #block(indent: string, path: readonly string[], value: unknown): string {
    const step = ' '.repeat(this.#step());
    return path
      .map((part, depth) => {
        const end = depth === path.length - 1 ? ` ${blockScalar(value)}` : '';
        return `${indent}${step.repeat(depth)}${blockScalar(part)}:${end}${this.#newline}`;
      })
      .join('');
  }

  /** White space before a key that begins its line; undefined for any other. */
  #indentOf(pair: Pair): string | undefined {
    const begin = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    if (begin === undefined) return undefined;
    const line = this.#text.slice(this.#text.lastIndexOf('\n', begin - 1) + 1, begin);
    return /^ *$/.test(line) ? line : undefined;
  }

  /** How far the first section of the file is indented. */
  #step(): number {
    const root = this.#document.contents;
    for (const { value } of isMap(root) ? root.items : []) {
      const first = isMap(value) && !value.flow ? value.items[0] : undefined;
      const indent = first && this.#indentOf(first);
      if (indent !== undefined && indent.length > 0) return indent.length;
    }
    return DEFAULT_STEP;
  }

  /** Position after the line break that ends the line of a position. */
  #endOfLine(at: number): number {
    if (at > 0 && this.#text[at - 1] === '\n') return at;
    const end = this.#text.indexOf('\n', at);
    return end < 0 ? this.#text.length : end + 1;
  }

  /** Position before the line break that ends the line of a position. */
  #endOfText(at: number): number {
    return at + (/[\r\n]|$/.exec(this.#text.slice(at))?.index ?? 0);
  }

  /** The line break that is missing before a position, if one is. */
  #startOfLine(at: number): string {
    return at === 0 || this.#text[at - 1] === '\n' ? '' : this.#newline;
  }
}

const isToken = (token: unknown, type: string): token is { offset: number } =>
  typeof token === 'object' && token !== null && 'type' in token && token.type === type;

/** Position after the colon of a key. */
function colonOf({ srcToken }: Pair): number | undefined {
  const colon = srcToken?.sep?.find((token) => isToken(token, 'map-value-ind'));
  return colon && colon.offset + 1;
}

/** Where a key with its value ends, comments beside it not counted. */
function endOf(pair: Pair): number {
  if (isMap(pair.value) && !pair.value.flow) {
    const last = pair.value.items.at(-1);
    if (last) return endOf(last);
  }
  const value = isNode(pair.value) ? pair.value.range?.[1] : undefined;
  const key = isScalar(pair.key) ? pair.key.range?.[1] : undefined;
  return Math.max(value ?? 0, colonOf(pair) ?? 0, key ?? 0);
}

/** A value on one line, in the quotes the old one had. */
function blockScalar(value: unknown, old?: string): string {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  if (typeof value === 'string') {
    if (old === 'QUOTE_DOUBLE' || /[\n\r\t]/.test(value)) return JSON.stringify(value);
    if (old === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  }
  // As the value of a key: by itself the library would quote less.
  return stringify({ k: value }, { lineWidth: 0 }).slice('k:'.length).trim();
}

/** A value between braces and commas. */
function flowScalar(value: unknown): string {
  const isPlain = typeof value !== 'string' || /^[A-Za-z][\w./-]*$/.test(value);
  return isPlain ? blockScalar(value) : JSON.stringify(value);
}

const flowEntry = (path: readonly string[], value: unknown): string => {
  const [first = '', ...rest] = path;
  const inner = rest.length > 0 ? `{ ${flowEntry(rest, value)} }` : flowScalar(value);
  return `${flowScalar(first)}: ${inner}`;
};
