import { parseManifest } from '../../config/parse-manifest.ts';
import { MANIFEST_NAMES, INSTALLER_PREFIX } from '../../model/updates/protocol.ts';
import type { ManifestFile } from '../../model/updates/manifest.ts';
import type { Http } from '../../ports/http.ts';
import type { ReleaseFiles } from '../../ports/release-files.ts';
import type {
  Answer,
  FileAnswer,
  ManifestAnswer,
  UpdateServerFacts,
} from '../facts-update-server.ts';

const TIMEOUT_MS = 15_000;
/** Far more than a server offers at once: a manifest that names thousands must not make us ask for each. */
const MOST_FILES = 60;
/** Nobody publishes these. */
const NO_MANIFEST = 'latest-nobody.yml';
const NO_INSTALLER = `${INSTALLER_PREFIX}0.0.0.exe`;

export type Asking = {
  /** Without a slash at its end. */
  readonly url: string;
  /** Read whole files. */
  readonly deep: boolean;
  /** How often to ask in a row for what is missing, to meet the limit; 0 for not at all. */
  readonly burst: number;
  /** PEM of an authority to trust besides those of the system. */
  readonly alsoTrust?: string;
};

type Needed = { readonly http: Http; readonly releaseFiles: ReleaseFiles };

/** Asks an update server for all that a desktop app may, a few dozen requests one after the other; changes nothing. */
export async function collectUpdateServer(
  asking: Asking,
  { http, releaseFiles }: Needed,
): Promise<UpdateServerFacts> {
  const { url, deep, burst, alsoTrust } = asking;
  const ask = async (
    name: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<Answer> => {
    const trust = alsoTrust === undefined ? {} : { alsoTrust };
    try {
      const request = {
        url: `${url}/${encodeURIComponent(name)}`,
        method,
        headers,
        timeoutMs: TIMEOUT_MS,
        ...trust,
      };
      const { status, headers: told, body } = await http.request(request);
      return { status, headers: told, body };
    } catch (error) {
      return { failed: (error as Error).message };
    }
  };
  const manifests: ManifestAnswer[] = [];
  for (const name of MANIFEST_NAMES) {
    const answer = await ask(name);
    const tag = tagOf(answer);
    manifests.push({
      name,
      answer,
      ...(tag === undefined ? {} : { again: await ask(name, { 'if-none-match': tag }) }),
    });
  }
  const files: FileAnswer[] = [];
  for (const [name, said] of referred(manifests)) {
    const head = await ask(name, {}, 'HEAD');
    files.push({ name, ...(said ? { said } : {}), head, ...(await further(name, head, said)) });
  }
  const missingManifest = await ask(NO_MANIFEST);
  const missingInstaller = await ask(NO_INSTALLER);
  const answers: Answer[] = [];
  while (answers.length < burst && !isLimit(answers.at(-1))) answers.push(await ask(NO_MANIFEST));
  return { url, manifests, files, missingManifest, missingInstaller, burst: answers };

  async function further(name: string, head: Answer, said: ManifestFile | undefined) {
    if (!('status' in head) || head.status !== 200) return {};
    const size = Number(head.headers['content-length'] ?? said?.size ?? 0);
    const tag = tagOf(head);
    return {
      part: await ask(name, { range: 'bytes=0-1' }),
      beyond: await ask(name, { range: `bytes=${size + 1000}-` }),
      ...(tag === undefined ? {} : { again: await ask(name, { 'if-none-match': tag }, 'HEAD') }),
      ...(said ? {} : { covered: { bytes: await covered(name) } }),
      ...(deep && said ? { whole: await whole(name) } : {}),
    };
  }

  async function covered(name: string): Promise<number | undefined> {
    return releaseFiles.blockMapAt(`${url}/${name}`).then(
      (map) => map?.coveredBytes,
      () => undefined,
    );
  }

  async function whole(name: string): Promise<FileAnswer['whole'] & object> {
    return releaseFiles
      .digestUrl(`${url}/${name}`)
      .catch((error: unknown) => ({ failed: (error as Error).message }));
  }
}

const tagOf = (answer: Answer): string | undefined =>
  'status' in answer && answer.status === 200 ? answer.headers['etag'] : undefined;

const isLimit = (answer: Answer | undefined): boolean =>
  answer !== undefined && (!('status' in answer) || answer.status === 429);

/** Every file a manifest names, once, with the block map beside it where it has none inside. */
function referred(manifests: readonly ManifestAnswer[]): [string, ManifestFile | undefined][] {
  const named = new Map<string, ManifestFile | undefined>();
  for (const { answer } of manifests) {
    if (!('status' in answer) || answer.status !== 200) continue;
    const read = parseManifest(answer.body);
    for (const file of 'manifest' in read ? read.manifest.files : []) {
      named.set(file.url, file);
      if (file.blockMapSize === undefined) named.set(`${file.url}.blockmap`, undefined);
    }
  }
  return [...named].slice(0, MOST_FILES);
}
