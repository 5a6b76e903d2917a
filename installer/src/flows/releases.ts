import { FactswayError } from '../model/errors.ts';
import type { ObservedImage } from '../model/observed.ts';
import type { RecordedRelease, Release, ReleaseImage } from '../model/release.ts';
import type { Ports } from '../ports/ports.ts';
import { readRelease } from './serving-slot.ts';
import { readJson } from './read-json.ts';
import { instancePaths } from './paths.ts';

export type ReleasesResult = {
  readonly directory: string;
  /** Latest first. */
  readonly releases: readonly Release[];
  /** Why no images were looked at; null where they were. */
  readonly engine: string | null;
};

/** Every release that served from this directory, and whether its images are still here. Reads only. */
export async function releases(
  directory: string,
  { docker, files }: Pick<Ports, 'docker' | 'files'>,
): Promise<ReleasesResult> {
  const paths = instancePaths(directory);
  const versions = await files.list(paths.releases);
  if (versions.length === 0 && !(await files.exists(paths.config))) throw noInstance(directory);
  const [recorded, serving] = await Promise.all([
    Promise.all(
      versions.map((version) =>
        readJson<RecordedRelease>(`${paths.releases}/${version}/release.json`, files),
      ),
    ),
    readRelease(paths, files),
  ]);
  const known = recorded.filter((release) => release !== undefined);
  const { images, engine } = await lookAtImages(known, docker);
  return {
    directory,
    engine,
    releases: known
      .map((release): Release => {
        const found = Object.entries(release.images).map(([reference, id]) =>
          judge(reference, id, release.digests?.[reference], images),
        );
        return {
          version: release.version,
          slot: release.slot,
          recordedAt: release.recordedAt,
          serves: serving?.version === release.version && serving.slot === release.slot,
          returnable: images && found.every(({ state }) => state === 'here'),
          images: found,
        };
      })
      .sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1)),
  };
}

function judge(
  reference: string,
  id: string,
  digest: string | undefined,
  images: Readonly<Record<string, ObservedImage>> | null,
): ReleaseImage {
  const now = images?.[reference];
  const state =
    images === null ? 'unknown' : now === undefined ? 'gone' : now.id === id ? 'here' : 'another';
  return { reference, id, digest: digest ?? null, state };
}

async function lookAtImages(
  known: readonly RecordedRelease[],
  docker: Ports['docker'],
): Promise<{ images: Readonly<Record<string, ObservedImage>> | null; engine: string | null }> {
  const references = [...new Set(known.flatMap(({ images }) => Object.keys(images)))];
  try {
    return { images: await docker.images(references), engine: null };
  } catch (error) {
    if (!(error instanceof FactswayError) || error.code !== 'FW-DOCKER-UNREACHABLE') throw error;
    return { images: null, engine: error.message };
  }
}

function noInstance(directory: string): FactswayError {
  return new FactswayError(
    'FW-NO-INSTANCE',
    `There is no instance in ${directory}.`,
    'Name the instance with --dir DIR, or make one: factsway-install install',
  );
}
