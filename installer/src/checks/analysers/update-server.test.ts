import { expect, it } from 'vitest';
import { manifestText } from '../../render/update-manifests.ts';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
  MANIFEST_NAMES,
} from '../../model/updates/protocol.ts';
import type {
  Answer,
  FileAnswer,
  ManifestAnswer,
  UpdateServerFacts,
} from '../facts-update-server.ts';
import { analyseUpdateServer } from './update-server.ts';

const SHA512 = `${'A'.repeat(86)}==`;
const EXE = 'FACTSWAY-Setup-1.2.0.exe';
const SAID = { url: EXE, sha512: SHA512, size: 1000 };
const MANIFEST = manifestText({
  ...{
    version: '1.2.0',
    files: [SAID],
    path: EXE,
    sha512: SHA512,
    releaseDate: '2026-01-01T00:00:00.000Z',
  },
});
type Said = Extract<Answer, { status: number }>;

const answer = (status: number, headers: Record<string, string> = {}, body = ''): Said => ({
  status,
  headers,
  body,
});
const refusal = (what: 'manifestNotFound' | 'installerNotFound'): Said =>
  answer(404, { 'content-type': CONTENT_TYPES.error }, JSON.stringify(ERROR_BODIES[what]));

const beyond = (length: number): Said =>
  answer(
    416,
    { 'content-type': CONTENT_TYPES.error, 'content-range': `bytes */${length}` },
    JSON.stringify(ERROR_BODIES.rangeNotSatisfiable),
  );

function manifestOf(name: string): ManifestAnswer {
  if (name !== 'latest.yml') return { name, answer: refusal('manifestNotFound') };
  const headers = {
    'content-type': CONTENT_TYPES.manifest,
    'cache-control': CACHE_CONTROL.manifest,
    etag: '"a"',
  };
  return { name, answer: answer(200, headers, MANIFEST), again: answer(304) };
}

function fileOf(name: string, length: number): FileAnswer {
  const headers = {
    ...{ 'content-length': String(length), 'accept-ranges': 'bytes', etag: '"b"' },
    'cache-control': CACHE_CONTROL.installer,
  };
  return {
    ...{ name, head: answer(200, headers), again: answer(304) },
    part: answer(206, { 'content-range': `bytes 0-1/${length}` }),
    beyond: beyond(length),
    ...(name === EXE
      ? { said: SAID, whole: { size: 1000, sha512: SHA512 } }
      : { covered: { bytes: 1000 } }),
  };
}

const GOOD: UpdateServerFacts = {
  url: 'https://updates.example.com',
  manifests: MANIFEST_NAMES.map(manifestOf),
  files: [fileOf(EXE, 1000), fileOf(`${EXE}.blockmap`, 90)],
  missingManifest: refusal('manifestNotFound'),
  missingInstaller: refusal('installerNotFound'),
  burst: [],
};

const failed = (facts: UpdateServerFacts): string[] =>
  analyseUpdateServer(facts)
    .filter(({ status }) => status === 'fail')
    .map(({ name }) => name);

/** The live manifest with another answer. */
const manifest = (change: (good: Said) => Said, again?: Answer): UpdateServerFacts => ({
  ...GOOD,
  manifests: GOOD.manifests.map((one) =>
    one.name === 'latest.yml'
      ? { ...one, answer: change(one.answer as Said), ...(again ? { again } : {}) }
      : one,
  ),
});
const header = (good: Said, name: string, value: string): Said => ({
  ...good,
  headers: { ...good.headers, [name]: value },
});
const exe = (change: (good: FileAnswer) => Partial<FileAnswer>): UpdateServerFacts => ({
  ...GOOD,
  files: GOOD.files.map((one) => (one.name === EXE ? { ...one, ...change(one) } : one)),
});
const without = (good: Answer, name: string): Said =>
  answer(
    200,
    Object.fromEntries(Object.entries((good as Said).headers).filter(([key]) => key !== name)),
  );

it('finds nothing wrong with a server that is right, and says what it did not judge', () => {
  expect(failed(GOOD)).toEqual([]);
  const skipped = analyseUpdateServer(GOOD).filter(({ status }) => status === 'skip');
  expect(skipped.map(({ name }) => name)).toEqual(['rate-limit', 'unavailable']);
});

it.each<[string, UpdateServerFacts, string[]]>([
  [
    'a stale manifest',
    manifest((good) => header(good, 'cache-control', 'public, max-age=86400')),
    ['manifest-cache'],
  ],
  ['a manifest out of a cache', manifest((good) => header(good, 'age', '900')), ['manifest-cache']],
  [
    'a hash in hex',
    manifest((good) => ({ ...good, body: MANIFEST.replaceAll(SHA512, 'a'.repeat(128)) })),
    ['manifest-content'],
  ],
  [
    'a manifest of another type',
    manifest((good) => header(good, 'content-type', 'text/html')),
    ['manifest-type'],
  ],
  ['a manifest that is sent again', manifest((good) => good, answer(200)), ['manifest-etag']],
  [
    '403 for a missing file',
    { ...GOOD, missingInstaller: answer(403, { 'content-type': 'application/xml' }, '<Error/>') },
    ['missing-installer'],
  ],
  [
    'a body that is no JSON',
    { ...GOOD, missingManifest: answer(404, { 'content-type': CONTENT_TYPES.error }, '<html>') },
    ['missing-manifest'],
  ],
  ['a manifest before its files', exe(() => ({ head: refusal('installerNotFound') })), ['files']],
  ['no Accept-Ranges', exe(({ head }) => ({ head: without(head, 'accept-ranges') })), ['ranges']],
  [
    'a wrong length',
    exe(({ head }) => ({
      head: header(head as Said, 'content-length', '999'),
      part: answer(206, { 'content-range': 'bytes 0-1/999' }),
      beyond: beyond(999),
    })),
    ['file-length'],
  ],
  [
    'an installer that is cached for an hour',
    exe(({ head }) => ({ head: header(head as Said, 'cache-control', 'max-age=3600') })),
    ['file-cache'],
  ],
  ['a range that is answered whole', exe(() => ({ part: answer(200) })), ['ranges']],
  ['416 without a length', exe(() => ({ beyond: answer(416) })), ['range-beyond']],
  [
    '416 in HTML',
    exe(() => ({ beyond: header(beyond(1000), 'content-type', 'text/html') })),
    ['range-beyond'],
  ],
  [
    'a bucket that may not be listed',
    {
      ...GOOD,
      manifests: GOOD.manifests.map((one) =>
        one.name === 'latest.yml' ? one : { ...one, answer: answer(403, {}, one.name) },
      ),
      missingManifest: answer(403),
      missingInstaller: answer(403),
    },
    ['missing-manifest', 'missing-installer'],
  ],
  [
    'one manifest that may not be read',
    {
      ...GOOD,
      manifests: GOOD.manifests.map((one) =>
        one.name === 'beta.yml' ? { ...one, answer: answer(403) } : one,
      ),
    },
    ['manifests'],
  ],
  [
    'other bytes',
    exe(() => ({ whole: { size: 1000, sha512: `${'B'.repeat(86)}==` } })),
    ['sha512'],
  ],
  [
    'a limit that says nothing of waiting',
    { ...GOOD, burst: [answer(429, { 'content-type': CONTENT_TYPES.error }, '{"error":"no"}')] },
    ['rate-limit'],
  ],
])('pinpoints %s', (_, facts, rows) => {
  expect(failed(facts)).toEqual(rows);
});
