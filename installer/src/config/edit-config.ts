import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, parse, type Document } from 'yaml';
import { FactswayError } from '../model/errors.ts';

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
  const raw = text.slice(equals + 1);
  let value: unknown;
  try {
    value = parse(raw);
  } catch {
    // What is no YAML is meant as it stands.
    value = raw;
  }
  return flatten(key.split('.'), value);
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
      settings.push({ path, value: isNode(node) ? node.toJS(document) : node });
      return;
    }
    for (const { key, value } of node.items)
      if (isScalar(key)) walk(value, [...path, String(key.value)]);
  };
  if (document.contents !== null) walk(document.contents, []);
  return settings;
}

/**
 * Puts the settings into the document and leaves comments and order alone. Returns the text: the very
 * text that came in when no setting differs from what is there.
 */
export function applySettings(
  document: Document,
  text: string,
  settings: readonly Setting[],
): string {
  let changed = false;
  for (const { path, value } of settings) {
    if (isDeepStrictEqual(document.getIn(path), value)) continue;
    const parent = path.slice(0, -1);
    // A key above is set to a plain value: validation of the result will name it, setIn would only throw.
    if (parent.length > 0 && document.hasIn(parent) && !isMap(document.getIn(parent, true)))
      document.setIn(parent, document.createNode({}));
    // A plain value goes into the node that is there, whose comment stays.
    document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
    changed = true;
  }
  return changed ? document.toString({ lineWidth: 0 }) : text;
}
