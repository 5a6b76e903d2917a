import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { applySettings } from '../edit-config.ts';

/** Comments at the top that an empty line keeps apart from the first key: they are about the file. */
const HEAD = /^(?:#[^\n]*\n)+(?:[ \t]*\r?\n)+/;

export type Stated = {
  readonly text: string;
  /** Lines put before the first key, by which all others stand lower. */
  readonly linesAbove: number;
};

/** The text, without a byte order mark, saying `apiVersion: form`. Throws FW-CONFIG-NOT-EDITABLE; `source` as there. */
export function stateForm(text: string, form: string, source: string): Stated {
  const before = meaning(text);
  const isNamed = before instanceof Map && before.has('apiVersion');
  // It is the first thing a person should read of the file; where that place is taken, it is the last.
  const onTop = isNamed ? undefined : withFirstLine(text, `apiVersion: ${form}`);
  const wanted = new Map<unknown, unknown>(before instanceof Map ? before : []);
  if (onTop !== undefined && isDeepStrictEqual(meaning(onTop), wanted.set('apiVersion', form)))
    return { text: onTop, linesAbove: 1 };
  return {
    text: applySettings(text, [{ path: ['apiVersion'], value: form }], source),
    linesAbove: 0,
  };
}

function withFirstLine(text: string, line: string): string {
  const head = HEAD.exec(text)?.[0] ?? '';
  return `${head}${line}${text.includes('\r\n') ? '\r\n' : '\n'}${text.slice(head.length)}`;
}

function meaning(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'error' });
  return document.errors.length > 0 ? undefined : document.toJS({ mapAsMap: true });
}
