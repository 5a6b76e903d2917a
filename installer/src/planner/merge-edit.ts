import { diff3Merge } from 'node-diff3';
import { parseDocument } from 'yaml';
import type { ObservedEdit } from '../model/observed.ts';

export type Merged =
  | { readonly text: string }
  /** Why an edit and a new rendering do not go together, as a sentence each. */
  | { readonly conflicts: readonly string[] };

/** Beyond that a text is no configuration that somebody edited. */
const MOST_LINES = 20_000;

/**
 * The new rendering with the edit that was made in the former one, line by line (Khanna, Kunal, Pierce: A formal
 * investigation of diff3). What both changed alike is no conflict. Pure.
 */
export function mergeEdit(path: string, { text, base }: ObservedEdit, wanted: string): Merged {
  if (base === undefined)
    return { conflicts: [`${path}: what was rendered there before is not known any more`] };
  if (text === base) return { text: wanted };
  if (wanted === base || wanted === text) return { text };
  const [mine, former, theirs] = [lines(text), lines(base), lines(wanted)];
  // What was decoded with loss cannot be written back to the byte.
  if (text.includes('\uFFFD')) return { conflicts: [`${path}: it is not in UTF-8`] };
  if (mine.length > MOST_LINES) return { conflicts: [`${path}: it has too many lines`] };
  const regions = diff3Merge(mine, former, theirs, { excludeFalseConflicts: true });
  const conflicts = regions.flatMap(({ conflict }) => (conflict ? [describe(path, conflict)] : []));
  if (conflicts.length > 0) return { conflicts };
  const merged = regions.flatMap(({ ok }) => ok ?? []).join('\n');
  const broken = whyBroken(path, merged);
  return broken === undefined ? { text: merged } : { conflicts: [`${path}: ${broken}`] };
}

const lines = (text: string): string[] => text.split('\n');

function describe(
  path: string,
  { a, aIndex }: { readonly a: readonly string[]; readonly aIndex: number },
): string {
  const [first, last] = [aIndex + 1, aIndex + a.length];
  const where = last > first ? `${first}–${last}` : String(first);
  return `${path}:${where}: edited by hand, and the new rendering changes the same lines`;
}

/** What a merge that goes line by line may have done to a format that does not. */
function whyBroken(path: string, text: string): string | undefined {
  if (path.endsWith('.json')) {
    try {
      JSON.parse(text);
    } catch {
      return 'with the edit in it, it is not JSON';
    }
  }
  if (/\.ya?ml$/.test(path)) {
    const [error] = parseDocument(text, { logLevel: 'silent' }).errors;
    const [line] = error?.linePos ?? [];
    if (error) return `with the edit in it, it is not YAML (line ${line?.line ?? 1})`;
  }
  return undefined;
}

/**
 * An edit in the Compose file of the other slot as one in that of the slot whose rendering is `wanted`. Names that
 * rendering has for its own slot are renamed in both texts: lines nobody edited stay alike, whatever becomes of them,
 * and are then those of the rendering; only edited lines depend on it.
 */
export function toOtherSlot(
  { text, base }: ObservedEdit,
  wanted: string,
  slot: 'a' | 'b',
): ObservedEdit {
  const other = slot === 'a' ? 'b' : 'a';
  const names = new Set(wanted.match(new RegExp(`(?<![\\w-])[a-z][a-z-]*-${slot}(?![\\w-])`, 'g')));
  const rename = (from: string): string =>
    from
      .replace(
        new RegExp(`(?<![\\w-])([a-z][a-z-]*-)${other}(?![\\w-])`, 'g'),
        (found, stem: string) => (names.has(`${stem}${slot}`) ? `${stem}${slot}` : found),
      )
      .replace(new RegExp(`\\bslot ${other}\\b`, 'g'), `slot ${slot}`);
  return { text: rename(text), ...(base === undefined ? {} : { base: rename(base) }) };
}
