import type { Files } from '../ports/files.ts';
import { TLS_PLACES } from '../model/tls-places.ts';
import type { InstancePaths } from './paths.ts';

const MASK = '[secret]';

/** A function that replaces every secret of the instance in a text before it is shown or written. */
export async function secretMask(
  paths: InstancePaths,
  files: Files,
): Promise<(text: string) => string> {
  const values: string[] = [];
  const found: string[] = [];
  for (const directory of [paths.secrets, paths.nextSecrets, paths.formerSecrets])
    found.push(...(await files.list(directory)).map((name) => `${directory}/${name}`));
  for (const path of found) {
    // What cannot be read, a directory for one, can be in no text of ours either.
    const text = await files.readText(path).catch(() => undefined);
    const value = text?.replace(/\n$/, '') ?? '';
    // Shorter ones would hide half of every log and protect nothing.
    if (value.length >= 6) values.push(value, ...escapedForms(value));
  }
  const keys = paths.file(TLS_PLACES.keys);
  for (const name of await files.list(keys)) {
    // By line: a program that repeats part of a key repeats whole lines of it.
    const lines = ((await files.readText(`${keys}/${name}`)) ?? '').split('\n');
    values.push(...lines.filter((line) => line.length >= 6 && !line.startsWith('-----')));
  }
  // Longest first, so that a value contained in another does not leave the rest of it visible.
  const ordered = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

function escapedForms(value: string): string[] {
  return [
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value, 'utf8').toString('base64'),
  ];
}
