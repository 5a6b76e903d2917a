import type { ManifestFile } from '../model/updates/manifest.ts';

/** What a server said; header names in lower case. `failed` where nothing answered. */
export type Answer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly failed: string };

export type ManifestAnswer = {
  readonly name: string;
  readonly answer: Answer;
  /** Asked again with its ETag. */
  readonly again?: Answer;
};

export type FileAnswer = {
  /** In a manifest, or a block map beside one that is. */
  readonly name: string;
  /** What the manifest says of it; undefined for a block map. */
  readonly said?: ManifestFile;
  readonly head: Answer;
  /** Asked for the first two bytes. */
  readonly part?: Answer;
  /** Asked for what is beyond its end. */
  readonly beyond?: Answer;
  /** Asked again with its ETag. */
  readonly again?: Answer;
  /** Of a block map: bytes of the installer it covers; undefined where it is none. */
  readonly covered?: { readonly bytes: number | undefined };
  /** Where the whole file was read; base64. */
  readonly whole?: { readonly size: number; readonly sha512: string } | { readonly failed: string };
};

/** All that was recorded of an update server: judged without asking it again. */
export type UpdateServerFacts = {
  readonly url: string;
  readonly manifests: readonly ManifestAnswer[];
  readonly files: readonly FileAnswer[];
  readonly missingManifest: Answer;
  readonly missingInstaller: Answer;
  /** Answers of a burst, where one was asked for. */
  readonly burst: readonly Answer[];
};
