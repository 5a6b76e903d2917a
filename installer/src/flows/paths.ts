import { join } from 'node:path';

export const CONFIG_FILE = 'factsway.yaml';

/** The fixed places of an instance directory (spec 00), absolute. */
export function instancePaths(directory: string) {
  const state = join(directory, 'state');
  return {
    directory,
    config: join(directory, CONFIG_FILE),
    secrets: join(directory, 'secrets'),
    state,
    manifest: join(state, 'manifest.json'),
    /** What the last rendering wrote, whole: the middle of a three-way comparison. */
    rendered: join(state, 'rendered.json'),
    /** factsway.yaml as it was last applied. */
    inEffect: join(state, 'in-effect.yaml'),
    made: join(state, 'made.json'),
    applied: join(state, 'applied.json'),
    release: join(state, 'release.json'),
    lock: join(state, 'lock'),
    journal: join(state, 'journal.jsonl'),
    previous: join(state, 'previous'),
    edited: join(state, 'edited'),
    failures: join(state, 'failures'),
    /** Of the wizard, until they are in factsway.yaml. */
    answers: join(state, 'answers.yaml'),
    releases: join(directory, 'releases'),
    rootCertificate: join(state, 'root-ca.crt'),
    file: (path: string) => join(directory, path),
    secret: (name: string) => join(directory, 'secrets', name),
  };
}

export type InstancePaths = ReturnType<typeof instancePaths>;
