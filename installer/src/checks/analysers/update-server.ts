import { parseManifest } from '../../config/parse-manifest.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import { count } from '../../model/units.ts';
import {
  CACHE_CONTROL,
  ERROR_BODIES,
  parseInstallerName,
  RETRY_AFTER_SECONDS,
} from '../../model/updates/protocol.ts';
import type {
  Answer,
  FileAnswer,
  ManifestAnswer,
  UpdateServerFacts,
} from '../facts-update-server.ts';

/** The table of spec 07, a row for each thing that can be wrong by itself. */
export function analyseUpdateServer(facts: UpdateServerFacts): CheckResult[] {
  const served = facts.manifests.filter(({ answer }) => statusOf(answer) === 200);
  const found = facts.files.filter(({ head }) => statusOf(head) === 200);
  const installers = facts.files.filter(({ said }) => said);
  const maps = found.filter(({ said }) => !said);
  const row = (
    name: string,
    good: string,
    remedy: string,
    problems: readonly string[],
  ): CheckResult =>
    problems.length === 0
      ? pass(name, good)
      : fail(name, problems[0] ?? '', remedy, problems.slice(1));
  const nothing = served.length === 0 ? ['no manifest is served at all'] : [];
  return [
    row(
      'manifests',
      served.map(({ name }) => name).join(', '),
      'Publish and promote a release: factsway-install release promote VERSION',
      [...nothing, ...facts.manifests.flatMap((one) => presence(one, facts.missingManifest))],
    ),
    row(
      'manifest-content',
      'as electron-updater reads it',
      'Let release publish make the manifests: SHA-512 is in base64, names are those of files beside it.',
      served.flatMap(content),
    ),
    row(
      'manifest-cache',
      CACHE_CONTROL.manifest,
      'A manifest must be asked for again each time: no cache may hold it.',
      served.flatMap(manifestCache),
    ),
    row('manifest-type', 'YAML', 'Serve it as text/yaml.', served.flatMap(manifestType)),
    row(
      'manifest-etag',
      '304 to whoever has it',
      'Answer If-None-Match with 304, by the ETag of the manifest.',
      served.flatMap((one) => tagged(one.name, one.answer, one.again)),
    ),
    row(
      'missing-manifest',
      '404, in JSON',
      remedyOf404,
      missing(facts.missingManifest, ERROR_BODIES.manifestNotFound.code),
    ),
    row(
      'missing-installer',
      '404, in JSON',
      remedyOf404,
      missing(facts.missingInstaller, ERROR_BODIES.installerNotFound.code),
    ),
    row(
      'files',
      `all ${facts.files.length} that manifests name`,
      'A manifest is live before its files: bring it back, or publish them: factsway-install release publish DIR --version VERSION',
      facts.files.flatMap(({ name, head }) =>
        statusOf(head) === 200 ? [] : [`${name}: ${told(head)}`],
      ),
    ),
    row(
      'file-length',
      'as manifests say',
      'The file under this name is another one than was published.',
      installers.flatMap(lengths),
    ),
    row(
      'file-cache',
      CACHE_CONTROL.installer,
      'An installer never changes under its name: serve it with that Cache-Control.',
      found.flatMap(fileCache),
    ),
    row(
      'file-etag',
      '304 to whoever has it',
      'Answer If-None-Match with 304.',
      found.flatMap((one) => tagged(one.name, one.head, one.again)),
    ),
    row(
      'ranges',
      'accepted, 206 with Content-Range',
      'Serve byte ranges: interrupted and differential downloads need them.',
      found.flatMap(ranges),
    ),
    row(
      'range-beyond',
      '416 with the length, in JSON',
      'Answer 416 with Content-Range: bytes */LENGTH, and the error in JSON.',
      found.flatMap(beyond),
    ),
    row(
      'block-maps',
      count(maps.length, 'block map', 'block maps'),
      'Block maps are published with their installer; build and publish a later version.',
      maps.flatMap((map) => coverage(map, installers)),
    ),
    digests(installers),
    limit(facts),
    unavailable(facts),
  ];
}

const remedyOf404 =
  'A client takes only 404 for "not there": with S3, give the distribution s3:ListBucket and custom error responses in JSON.';

const statusOf = (answer: Answer | undefined): number | undefined =>
  answer && 'status' in answer ? answer.status : undefined;
const told = (answer: Answer | undefined): string =>
  answer === undefined
    ? 'was not asked'
    : 'failed' in answer
      ? answer.failed
      : `is answered with ${answer.status}`;
const header = (answer: Answer | undefined, name: string): string | undefined =>
  answer && 'headers' in answer ? answer.headers[name] : undefined;

/**
 * A channel or system may have no release. What is wrong with how a server says so is told once, by the row of a name
 * that nobody publishes: here only what is said otherwise.
 */
function presence({ name, answer }: ManifestAnswer, nobodys: Answer): string[] {
  const status = statusOf(answer);
  if (status === 200 || status === 429 || (status ?? 0) >= 500) return [];
  const [problem, known] = [answer, nobodys].map(
    (one) => missing(one, ERROR_BODIES.manifestNotFound.code, name)[0],
  );
  return problem === undefined || problem === known ? [] : [problem];
}

function content({ name, answer }: ManifestAnswer): string[] {
  const read = parseManifest('body' in answer ? answer.body : '');
  if (!('manifest' in read)) return read.problems.map((problem) => `${name}: ${problem}`);
  const { version, files, path, sha512 } = read.manifest;
  const first = files.find(({ url }) => url === path);
  return [
    ...files.flatMap(({ url }) =>
      parseInstallerName(url)?.version === version
        ? []
        : [`${name}: ${url} is no installer of ${version}`],
    ),
    ...(first?.sha512 === sha512
      ? []
      : [`${name}: path and sha512 are not those of one of its files`]),
  ];
}

function directives(answer: Answer | undefined): Set<string> {
  return new Set(
    (header(answer, 'cache-control') ?? '')
      .toLowerCase()
      .split(',')
      .map((one) => one.trim()),
  );
}

function manifestCache({ name, answer }: ManifestAnswer): string[] {
  const given = directives(answer);
  const isFresh = given.has('no-store') || given.has('no-cache') || given.has('max-age=0');
  const age = Number(header(answer, 'age') ?? 0);
  return [
    ...(isFresh ? [] : [`${name}: Cache-Control is "${header(answer, 'cache-control') ?? ''}"`]),
    ...(age > 0 ? [`${name}: comes from a cache, ${age} s old`] : []),
  ];
}

const manifestType = ({ name, answer }: ManifestAnswer): string[] => {
  const type = header(answer, 'content-type') ?? '';
  return /^(text|application)\/(x-)?yaml\b/.test(type)
    ? []
    : [`${name}: Content-Type is "${type}"`];
};

function tagged(name: string, answer: Answer, again: Answer | undefined): string[] {
  if (header(answer, 'etag') === undefined) return [`${name}: has no ETag`];
  return statusOf(again) === 304 ? [] : [`${name}: asked with its ETag it ${told(again)}`];
}

function missing(answer: Answer, code: string, name = 'what is not there'): string[] {
  if (statusOf(answer) !== 404) return [`${name}: ${told(answer)}, not 404`];
  return json(name, answer, (body) => (body['code'] === code ? undefined : `code is not ${code}`));
}

/** Every error is JSON, and says that it is. */
function json(
  name: string,
  answer: Answer,
  judge: (body: Record<string, unknown>) => string | undefined,
): string[] {
  const type = header(answer, 'content-type') ?? '';
  if (!type.startsWith('application/json')) return [`${name}: the error is "${type}", not JSON`];
  let body: unknown;
  try {
    body = JSON.parse('body' in answer ? answer.body : '');
  } catch {
    return [`${name}: the error says it is JSON, and is none`];
  }
  if (
    typeof body !== 'object' ||
    body === null ||
    typeof (body as { error?: unknown }).error !== 'string'
  )
    return [`${name}: the error has no text "error"`];
  const problem = judge(body as Record<string, unknown>);
  return problem === undefined ? [] : [`${name}: ${problem}`];
}

function lengths({ name, said, head }: FileAnswer): string[] {
  const length = header(head, 'content-length');
  return statusOf(head) !== 200 || Number(length) === said?.size
    ? []
    : [`${name}: has ${length ?? 'no'} bytes, and the manifest says ${said?.size ?? 0}`];
}

function fileCache({ name, head }: FileAnswer): string[] {
  const given = directives(head);
  const wanted = CACHE_CONTROL.installer.split(', ');
  return wanted.every((one) => given.has(one))
    ? []
    : [`${name}: Cache-Control is "${header(head, 'cache-control') ?? ''}"`];
}

function ranges({ name, head, part }: FileAnswer): string[] {
  const accepts = header(head, 'accept-ranges') ?? header(part, 'accept-ranges');
  const length = header(head, 'content-length') ?? '';
  return [
    ...(accepts === 'bytes' ? [] : [`${name}: has no Accept-Ranges: bytes`]),
    ...(statusOf(part) !== 206
      ? [`${name}: a range ${told(part)}, not 206`]
      : header(part, 'content-range') === `bytes 0-1/${length}`
        ? []
        : [`${name}: a range has Content-Range "${header(part, 'content-range') ?? ''}"`]),
  ];
}

function beyond({ name, head, beyond: answer }: FileAnswer): string[] {
  if (answer === undefined || statusOf(answer) !== 416)
    return [`${name}: a range beyond its end ${told(answer)}, not 416`];
  const wanted = `bytes */${header(head, 'content-length') ?? ''}`;
  const given = header(answer, 'content-range');
  return given === wanted
    ? json(name, answer, ({ code }) =>
        code === ERROR_BODIES.rangeNotSatisfiable.code ? undefined : 'code is not that of 416',
      )
    : [`${name}: 416 has Content-Range "${given ?? ''}", not "${wanted}"`];
}

function coverage({ name, covered }: FileAnswer, installers: readonly FileAnswer[]): string[] {
  const size = installers.find((one) => `${one.name}.blockmap` === name)?.said?.size;
  if (covered?.bytes === undefined) return [`${name}: is no block map`];
  return covered.bytes === size ? [] : [`${name}: covers ${covered.bytes} bytes of ${size ?? 0}`];
}

const skip = (name: string, found: string): CheckResult => ({
  name,
  status: 'skip',
  found,
  remedy: '',
});

function digests(installers: readonly FileAnswer[]): CheckResult {
  const read = installers.filter(({ whole }) => whole);
  if (read.length === 0) return skip('sha512', 'not read; --deep downloads every installer');
  const problems = read.flatMap(({ name, whole, said }) =>
    !whole || 'failed' in whole
      ? [`${name}: ${whole?.failed ?? ''}`]
      : whole.sha512 === said?.sha512
        ? []
        : [`${name}: holds other bytes than the manifest says`],
  );
  return problems.length === 0
    ? pass('sha512', `${count(read.length, 'installer', 'installers')} read whole`)
    : fail(
        'sha512',
        problems[0] ?? '',
        'Take the version back at once: factsway-install release yank VERSION',
        problems.slice(1),
      );
}

/** A live server is not asked until it refuses, unless somebody wants that. */
function limit({ burst, ...facts }: UpdateServerFacts): CheckResult {
  const met = [...burst, ...everyAnswer(facts)].filter((answer) => statusOf(answer) === 429);
  const [first] = met;
  if (!first)
    return burst.length === 0
      ? skip('rate-limit', 'not met; --burst 600 asks until it is')
      : fail(
          'rate-limit',
          `${burst.length} requests in a row were all answered`,
          'Limit requests by address; or ask more often: --burst 2000',
        );
  const known = Object.values(RETRY_AFTER_SECONDS) as number[];
  const problems = json('429', first, ({ retryAfter }) =>
    known.includes(Number(retryAfter)) ? undefined : `retryAfter is ${String(retryAfter)}`,
  );
  return problems.length === 0
    ? pass('rate-limit', '429, in JSON')
    : fail('rate-limit', problems[0] ?? '', 'Answer with {"error": …, "retryAfter": seconds}.');
}

/** Nobody can ask for a failure: judged where one was met. */
function unavailable(facts: Omit<UpdateServerFacts, 'burst'>): CheckResult {
  const met = everyAnswer(facts).filter((answer) => (statusOf(answer) ?? 0) >= 500);
  const [first] = met;
  if (!first) return skip('unavailable', 'not met; judged where it is');
  const problems = json('5xx', first, ({ code }) =>
    code === ERROR_BODIES.unavailable.code ? undefined : 'code is not SERVICE_UNAVAILABLE',
  );
  return fail(
    'unavailable',
    `${count(met.length, 'request', 'requests')} answered with ${statusOf(first) ?? 0}`,
    'See the logs of the server.',
    problems,
  );
}

const everyAnswer = ({
  manifests,
  files,
  missingManifest,
  missingInstaller,
}: Omit<UpdateServerFacts, 'burst'>): Answer[] => [
  ...manifests.map(({ answer }) => answer),
  ...files.flatMap(({ head, part }) => [head, ...(part ? [part] : [])]),
  missingManifest,
  missingInstaller,
];
