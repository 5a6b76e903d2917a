import { join } from 'node:path';
import { METRICS_DIRECTORY } from '../model/monitoring.ts';
import { UPDATES_DIRECTORY } from '../model/updates/places.ts';

export const CONFIG_FILE = 'factsway.yaml';

/** The fixed places of an instance directory (spec 00), absolute. */
export function instancePaths(directory: string) {
  const state = join(directory, 'state');
  const metrics = join(directory, METRICS_DIRECTORY);
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
    /** Where the database stood before the migrations of a release that does not serve yet. */
    schemaBefore: join(state, 'schema-before.json'),
    lock: join(state, 'lock'),
    journal: join(state, 'journal.jsonl'),
    previous: join(state, 'previous'),
    /** Copies of `rendered` beside what a writing replaced, and beside what the one that leads to a slot did. */
    previousTexts: join(state, 'previous', 'rendered.json'),
    leadingTexts: join(state, 'previous', 'leading', 'rendered.json'),
    edited: join(state, 'edited'),
    failures: join(state, 'failures'),
    /** What upgrades and the like came to: the history, and what of it the node exporter reads. */
    upgrades: join(state, 'upgrades.jsonl'),
    metrics,
    /** What the mirror of desktop updates serves, unless another directory is named. */
    updates: join(directory, UPDATES_DIRECTORY),
    upgradeMetrics: join(metrics, 'upgrade.prom'),
    /** Of the wizard, until they are in factsway.yaml. */
    answers: join(state, 'answers.yaml'),
    releases: join(directory, 'releases'),
    rootCertificate: join(state, 'root-ca.crt'),
    file: (path: string) => join(directory, path),
    secret: (name: string) => join(directory, 'secrets', name),
    /** Of secrets that are being rotated: the value to come, and the one before. */
    nextSecrets: join(directory, 'secrets', '.next'),
    formerSecrets: join(directory, 'secrets', '.former'),
    /** Which volume the database is in, once a backup was restored. */
    /** That this is a server being built anew from backups, and how far that is. */
    recovering: join(state, 'recovering.json'),
    /** What came of restoring it, until it is in use. */
    restored: join(state, 'restored.json'),
    dataVolume: join(state, 'data-volume.json'),
    /** When each secret was rotated last. */
    rotations: join(state, 'rotations.json'),
    /** Ends of the audit log as they were when it was found sound, and the key that signs exports of it. */
    auditAnchors: join(state, 'audit-anchors.jsonl'),
    auditKey: join(state, 'audit-key.pem'),
  };
}

export type InstancePaths = ReturnType<typeof instancePaths>;
