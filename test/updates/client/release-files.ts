import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { INSTALLER_PREFIX } from '../../../installer/src/model/updates/protocol.ts';
import { updateManifest } from '../../../installer/src/model/updates/manifest.ts';
import { blockmapOf } from './blockmap.ts';

const MIB = 1024 * 1024;

export type ReleaseFiles = {
  readonly version: string;
  readonly installerName: string;
  readonly installer: Buffer;
  readonly blockmap: Buffer;
  /** base64 */
  readonly sha512: string;
};

/** Bytes no compression gets smaller, the same for the same seed. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let made = 0, index = 0; made < length; made += 64, index += 1)
    parts.push(createHash('sha512').update(`${seed}/${index}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

const BODY = noise('body', 2 * MIB);

export function sha512Of(content: Buffer): string {
  return createHash('sha512').update(content).digest('base64');
}

/**
 * An installer of about 2 MiB with its block map. Two versions share nearly all of their bytes, at other places: that is
 * what a differential download is for. `large` repeats it to so many MiB, for what takes a while.
 */
export function releaseFiles(version: string, large = 2): ReleaseFiles {
  const head = noise(`head ${version}`, 20_000 + version.length * 997);
  const changed = noise(`changed ${version}`, 30_000);
  const rest = large > 2 ? noise('rest', (large - 2) * MIB) : Buffer.alloc(0);
  const half = BODY.length / 2;
  const installer = Buffer.concat([
    head,
    BODY.subarray(0, half),
    changed,
    BODY.subarray(half),
    rest,
  ]);
  return {
    version,
    installerName: `${INSTALLER_PREFIX}${version}.exe`,
    installer,
    blockmap: blockmapOf(installer),
    sha512: sha512Of(installer),
  };
}

/** latest.yml of a release, as electron-builder writes it; what the schema refuses is refused here. */
export function manifestOf(
  files: ReleaseFiles & { readonly blockMapSize?: number },
  extra: { stagingPercentage?: number } = {},
): Buffer {
  const { version, installerName, installer, sha512, blockMapSize } = files;
  const map = blockMapSize === undefined ? {} : { blockMapSize };
  const manifest = updateManifest.parse({
    version,
    files: [{ url: installerName, sha512, size: installer.length, ...map }],
    path: installerName,
    sha512,
    releaseDate: '2026-01-02T03:04:05.000Z',
    ...extra,
  });
  return Buffer.from(stringify(manifest));
}
