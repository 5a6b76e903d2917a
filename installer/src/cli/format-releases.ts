import type { ReleasesResult } from '../flows/releases.ts';
import type { Release, ReleaseImage } from '../model/release.ts';
import { formatTable } from './format.ts';

const WORDS: Readonly<Record<ReleaseImage['state'], string>> = {
  here: 'on this host',
  another: 'another image has this name now',
  gone: 'gone',
  unknown: 'not looked at',
};

/** One line per release; with `verbose` every image of it below. */
export function formatReleases({ releases, engine }: ReleasesResult, verbose: boolean): string {
  if (releases.length === 0)
    return 'No release has served here yet. Start the platform: factsway-install up';
  const rows = releases.map((release) => [
    release.serves ? '→' : '',
    release.version,
    release.slot,
    release.recordedAt.slice(0, 16).replace('T', ' '),
    countImages(release),
    verdict(release),
  ]);
  const table = formatTable([['', 'RELEASE', 'SLOT', 'SINCE (UTC)', 'IMAGES', ''], ...rows]);
  const images = verbose ? releases.map(describeImages) : [];
  const notes = engine === null ? [] : [`Images were not looked at: ${engine}`];
  return [table, ...images, ...notes].join('\n\n');
}

function countImages({ images, returnable }: Release): string {
  if (returnable === null) return `${images.length}`;
  return `${images.filter(({ state }) => state === 'here').length} of ${images.length}`;
}

function verdict({ serves, returnable, images }: Release): string {
  const first = images.find(({ state }) => state !== 'here');
  const problem = returnable === false && first ? `${first.reference}: ${WORDS[first.state]}` : '';
  if (serves) return problem === '' ? 'serves' : `serves; ${problem}`;
  if (returnable === null) return '';
  return problem === '' ? 'its images are here' : `cannot be returned to: ${problem}`;
}

function describeImages({ version, images }: Release): string {
  const rows = images.map(({ reference, id, digest, state }) => [
    `  ${reference}`,
    digest ?? id,
    state === 'here' ? '' : WORDS[state],
  ]);
  return `${version}\n${formatTable(rows)}`;
}
