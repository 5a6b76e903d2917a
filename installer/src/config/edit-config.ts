import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isNode,
  isScalar,
  parse,
  parseDocument,
  stringify,
  visit,
  type Document,
} from 'yaml';
import { FactswayError } from '../model/errors.ts';
import { editText } from './edit-text.ts';
import { typeAt } from './schema-node.ts';

/** One key that somebody set on purpose: a leaf of an answers file or a `--set`. */
export type Setting = { readonly path: readonly string[]; readonly value: unknown };

/** `edge.httpsPort=8443` as a setting, a map as one for each of its keys; the value is read as YAML. Throws FW-USAGE. */
export function parseSetting(text: string): Setting[] {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(0, equals));
  if (equals < 1 || key.split('.').some((part) => part === '')) {
    throw new FactswayError(
      'FW-USAGE',
      `--set ${text} is not of the form key=value.`,
      'Example: --set edge.httpsPort=8443',
    );
  }
  const path = key.split('.');
  return flatten(path, readValue(text.slice(equals + 1), typeAt(path)));
}

/** As the key wants it: what is to be a text is one without quotes, and a whole number is written in its digits. */
function readValue(raw: string, type: string | undefined): unknown {
  let value: unknown;
  try {
    value = parse(raw);
  } catch {
    // What is no YAML is meant as it stands.
    return raw;
  }
  if (type === 'string' && typeof value !== 'string') return raw;
  // 0x50 and 8e1 are numbers of YAML; of a port nobody means them.
  return type === 'integer' && typeof value === 'number' && !/^-?\d+$/.test(raw.trim())
    ? raw
    : value;
}

function flatten(path: readonly string[], value: unknown): Setting[] {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMapping ? Object.entries(value as Record<string, unknown>) : [];
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([key, child]) => flatten([...path, key], child));
}

/** Every leaf a document sets explicitly, in order. Maps are walked; anything else is one value. */
export function explicitSettings(document: Document): Setting[] {
  const settings: Setting[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (!isMap(node)) {
      // An alias stands for what it points to.
      const value: unknown = isNode(node) ? node.toJS(document) : node;
      // An empty section sets nothing; of the schema's values none is null.
      if (value !== null) settings.push({ path, value });
      return;
    }
    for (const { key, value } of node.items)
      if (isScalar(key)) walk(value, [...path, String(key.value)]);
  };
  if (document.contents !== null) walk(document.contents, []);
  return settings;
}

/** A document of these settings alone. */
export function settingsAsText(settings: readonly Setting[]): string {
  const data = settings.reduce<unknown>(withSetting, new Map());
  return stringify(data, { lineWidth: 0 });
}

/**
 * The text with the settings in it. All that is not the value of one of them stays as it is, to the byte: comments,
 * order, blank lines, quoting. Throws FW-CONFIG-NOT-EDITABLE where a setting would change what another key means,
 * or the text is YAML of a kind that cannot be edited that way. `source` is what the file is called in messages.
 */
export function applySettings(text: string, settings: readonly Setting[], source: string): string {
  if (settings.length === 0) return text;
  // A byte order mark belongs to the file and not to its first key.
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const first = read(text.slice(mark.length));
  return mark + settings.reduce((state, setting) => apply(state, setting, source), first).text;
}

/** A text, what its parser made of it, and what it means. */
type State = { readonly text: string; readonly document: Document; readonly data: unknown };

function read(text: string): State {
  // What the parser warns of is for whoever reads the file as a configuration.
  const document = parseDocument(text, { keepSourceTokens: true, logLevel: 'error' });
  const data: unknown = document.errors.length > 0 ? undefined : document.toJS({ mapAsMap: true });
  return { text, document, data };
}

function apply(state: State, setting: Setting, source: string): State {
  const wanted = withSetting(state.data, setting);
  if (isDeepStrictEqual(state.data, wanted)) return state;
  const text = editText(state.text, state.document, setting.path, setting.value);
  const edited = text === undefined ? undefined : read(text);
  // Whatever the text was: the result must mean what was there, with this one key changed.
  if (edited && isDeepStrictEqual(edited.data, wanted)) return edited;
  const key = setting.path.join('.');
  const why = hasAlias(state.document) ? ': an alias (*) ties them to an anchor (&)' : '';
  throw new FactswayError(
    'FW-CONFIG-NOT-EDITABLE',
    `${source}: ${key} cannot be set without changing something else in the file${why}.`,
    `Set ${key} in ${source} by hand; nothing was changed.`,
  );
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

const withSetting = (data: unknown, { path, value }: Setting): unknown =>
  withValue(data, path, asMaps(value));

/** Data with one key changed. What is above that key and no map becomes one. Keys are told apart by what they look like. */
function withValue(data: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const copy = new Map<unknown, unknown>(data instanceof Map ? data : []);
  const key = [...copy.keys()].find((known) => String(known) === first) ?? first;
  return copy.set(key, withValue(copy.get(key), rest, value));
}

/** As the document's own data is compared: its maps are Maps, so that no key is special. */
function asMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, child]) => [key, asMaps(child)]));
}
