import { FactswayError } from '../model/errors.ts';
import { parseInstallerName } from '../model/updates/protocol.ts';
import type { PublishedFile, ReleaseRecord } from '../model/updates/record.ts';
import { platformOf } from '../render/update-manifests.ts';

/** An installer of a directory, and the name of its block map, or `inside`. */
export type Artefact = { readonly name: string; readonly blockMap: string };

/** What electron-builder leaves beside installers, and nobody serves: the manifests are made by us. */
const LEFT_ALONE = /^(builder-.*\.ya?ml|(latest|beta|alpha).*\.yml|.*-unpacked|mac.*|\..*)$/;

/**
 * Which files of a directory are published as `version`. Throws FW-RELEASE-FILES: every name that is not understood or
 * of another version, and every installer without a block map, at once.
 */
export function planArtefacts(
  names: readonly string[],
  version: string,
  directory: string,
): Artefact[] {
  const problems: string[] = [];
  const artefacts: Artefact[] = [];
  for (const name of names.toSorted()) {
    const parsed = parseInstallerName(name);
    if (!parsed) {
      if (!LEFT_ALONE.test(name))
        problems.push(
          `${name}: is not called FACTSWAY-Setup-${version}.exe, .dmg, .zip or .AppImage`,
        );
      continue;
    }
    if (parsed.version !== version)
      problems.push(`${name}: is of version ${parsed.version}, not ${version}`);
    const installer = name.replace(/\.blockmap$/, '');
    if (parsed.blockmap) {
      if (!names.includes(installer)) problems.push(`${name}: its installer is missing`);
      continue;
    }
    const beside = names.includes(`${name}.blockmap`);
    if (!beside && parsed.ending !== 'AppImage')
      problems.push(`${name}: ${name}.blockmap is missing`);
    artefacts.push({ name, blockMap: beside ? `${name}.blockmap` : 'inside' });
  }
  for (const { name } of artefacts)
    if (name.endsWith('.dmg') && !names.includes(name.replace(/dmg$/, 'zip')))
      problems.push(
        `${name}: ${name.replace(/dmg$/, 'zip')} is missing, and a Mac updates itself from that`,
      );
  if (artefacts.length === 0) problems.push(`${directory} holds no installer`);
  if (problems.length > 0)
    throw new FactswayError(
      'FW-RELEASE-FILES',
      `${directory} cannot be published as ${version}; nothing was sent.`,
      `Build again with that version, and for macOS with the targets dmg and zip: electron-builder --config.artifactName 'FACTSWAY-Setup-\${version}.\${ext}'`,
      problems,
    );
  return artefacts;
}

/** A version whose installer is that of another one would be installed again and again: the app says the old number. */
export function refuseSameFiles(
  files: readonly PublishedFile[],
  version: string,
  others: readonly ReleaseRecord[],
): void {
  const details = files.flatMap(({ name, sha512 }) =>
    platformOf(name) === undefined
      ? []
      : others
          .filter((other) => other.version !== version)
          .flatMap((other) =>
            other.files
              .filter((known) => known.sha512 === sha512)
              .map((known) => `${name} is byte for byte ${known.name}`),
          ),
  );
  if (details.length > 0)
    throw new FactswayError(
      'FW-RELEASE-SAME-FILES',
      `What is to be published as ${version} is an installer of another version. An app compares its own number with the manifest: it would install this again and again.`,
      `Build the app anew with version ${version} in its package.json, then publish that.`,
      details,
    );
}

/** What is published stays as it is: another content under a known name is refused. */
export function refuseOther(record: ReleaseRecord, wanted: ReleaseRecord): void {
  const shape = ({ files, channel, notes, minimumSystemVersion }: ReleaseRecord): string =>
    JSON.stringify([
      files.map(({ name, size, sha512 }) => [name, size, sha512]),
      channel,
      notes,
      minimumSystemVersion,
    ]);
  if (shape(record) === shape(wanted)) return;
  throw exists(record.version, `by ${record.by}, ${record.publishedAt}`);
}

export const exists = (version: string, what: string): FactswayError =>
  new FactswayError(
    'FW-RELEASE-EXISTS',
    `${version} is published with another content (${what}); it was not changed.`,
    'A published version never changes: build and publish the next one. What is there: factsway-install release list',
  );
