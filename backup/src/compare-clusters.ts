import type { ClusterFacts } from './cluster-facts.ts';

const MOST_LINES = 20;

/**
 * What differs between a cluster and its copy, in words and without values: among these are verifiers of passwords. Of a
 * schema the first line that differs is named.
 */
export function compareClusters(former: ClusterFacts, copy: ClusterFacts): string[] {
  const names = [...new Set([...Object.keys(former), ...Object.keys(copy)])].sort();
  const problems = names.flatMap((name) => {
    const was = former[name];
    const is = copy[name];
    if (was === is) return [];
    if (is === undefined) return [`${name}: missing in the copy`];
    if (was === undefined) return [`${name}: only in the copy`];
    if (name.startsWith('schema of ')) return [`${name}: ${firstDifference(was, is)}`];
    if (name.startsWith('rows of '))
      return [`${name}: ${rowsIn(was)} and in the copy ${rowsIn(is)}`];
    return [`${name}: not the same in the copy`];
  });
  const more = problems.length - MOST_LINES;
  return more > 0 ? [...problems.slice(0, MOST_LINES), `and ${more} more`] : problems;
}

/** Of `count hash hash`: the same count says that a value differs. */
const rowsIn = (fact: string): string => {
  const [count = '', ...hashes] = fact.split(' ');
  return `${count} rows (${hashes.join('').slice(0, 8)})`;
};

function firstDifference(was: string, is: string): string {
  const left = was.split('\n');
  const right = is.split('\n');
  const at = left.findIndex((line, index) => line !== right[index]);
  if (at < 0) return `only in the copy: ${right[left.length] ?? ''}`;
  return `"${left[at] ?? ''}" and in the copy "${right[at] ?? ''}"`;
}
