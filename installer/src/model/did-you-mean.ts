import { distance } from 'fastest-levenshtein';

/** More edits than this, or than half of a short word, and the guess is noise. */
const FARTHEST = 3;

/** Shorter parts of a name than this are near to any short word: `nope` is no misspelt `node-exporter`. */
const SHORTEST_PART = 5;

/**
 * `Did you mean "records-service"? ` for a misspelt word, or nothing where no known word is near. Parts of
 * a hyphenated name count as well, so that `recods` finds `records-service`.
 */
export function didYouMean(
  word: string,
  known: readonly string[],
  shown: (name: string) => string = (name) => name,
): string {
  const near = (name: string): number => {
    const parts = name.split('-').filter((part) => part === word || part.length >= SHORTEST_PART);
    return Math.min(...[name, ...parts].map((part) => distance(word, part)));
  };
  const best = known.toSorted((a, b) => near(a) - near(b))[0];
  return best === undefined || near(best) > Math.min(FARTHEST, Math.ceil(word.length / 2))
    ? ''
    : `Did you mean "${shown(best)}"? `;
}
