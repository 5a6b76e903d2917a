import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHE_CONTROL, CONTENT_TYPES } from '../../installer/src/model/updates/protocol.ts';
import { at, record, records, word, type Json } from '../../k8s/json.ts';
import { fetchFrom } from '../updates/client/fetch-from.ts';
import { deployRelease, type DeployedRelease } from './support/deployed-release.ts';
import { verified } from './support/verified.ts';

const VERSION = '1.0.0';

let server: DeployedRelease;

beforeAll(async () => {
  server = await deployRelease('verify', 27_101);
  await server.publish(VERSION);
  expect((await server.release('promote', VERSION)).errors).toEqual([]);
  await server.replicate();
}, 300_000);
afterAll(() => server.close());

it('a release that was published and promoted passes in every row, its files read whole', async () => {
  const { exitCode, errors, failed, rows } = await verified(server.deployment.edge.url, {
    deep: true,
  });
  expect([exitCode, errors, failed]).toEqual([0, [], []]);
  expect(rows['manifests']?.found).toContain('latest.yml, latest-mac.yml, beta.yml');
  expect(rows['sha512']).toMatchObject({ status: 'pass', found: '2 installers read whole' });
  expect(rows['block-maps']).toMatchObject({ status: 'pass', found: '2 block maps' });
});

type Defect = {
  readonly what: string;
  /** Those that name it; no other may fail. */
  readonly rows: readonly string[];
  readonly says: RegExp;
  /** In the template that is deployed. */
  readonly inTemplate?: (of: Json) => void;
  /** In what lies in the buckets as latest.yml. */
  readonly inManifest?: (text: string) => string;
};

const propertiesOf = (of: Json, name: string): Json =>
  record(at(of, `Resources.${name}.Properties`));

/** Edits the code at the edge; one that fits nowhere any more is a fault of this file. */
function edit(of: Json, from: string, to: string): void {
  const code = propertiesOf(of, 'ErrorFunction')['Code'] as Record<string, unknown>;
  const before = word(code['ZipFile']);
  code['ZipFile'] = before.replace(from, to);
  expect(code['ZipFile']).not.toBe(before);
}

/** A distribution may only read what it is told by name, and is not told what is missing. */
function withoutList(of: Json): void {
  for (const name of ['PrimaryBucketPolicy', 'ReplicaBucketPolicy']) {
    const policy = record(propertiesOf(of, name)['PolicyDocument']);
    const removed = (policy['Statement'] as unknown[]).pop();
    expect(word(record(removed)['Action'])).toBe('s3:ListBucket');
  }
}

function withoutFunction(of: Json): void {
  const config = at(propertiesOf(of, 'Distribution'), 'DistributionConfig.CacheBehaviors');
  for (const one of records(config) as Record<string, unknown>[])
    delete one['LambdaFunctionAssociations'];
}

function withStaleHeader(of: Json): void {
  const policy = propertiesOf(of, 'ManifestHeaders')['ResponseHeadersPolicyConfig'];
  const [header] = records(at(policy, 'CustomHeadersConfig.Items'));
  expect(header?.['Header']).toBe('Cache-Control');
  (header as Record<string, unknown>)['Value'] = 'public, max-age=1800';
}

const inHex = (text: string): string =>
  text.replaceAll(/[A-Za-z0-9+/]{86}==/g, (one) => Buffer.from(one, 'base64').toString('hex'));

const DEFECTS: readonly Defect[] = [
  {
    what: 'a stale cache header',
    rows: ['manifest-cache'],
    says: /latest\.yml: Cache-Control is "public, max-age=1800"/,
    inTemplate: withStaleHeader,
  },
  {
    what: '403 for a missing file, as S3 says it to whoever may not list',
    rows: ['missing-manifest', 'missing-installer'],
    says: /is answered with 403, not 404/,
    inTemplate: withoutList,
  },
  {
    what: '403 for a missing installer alone',
    rows: ['missing-installer'],
    says: /is answered with 403, not 404/,
    inTemplate: (of) => {
      edit(
        of,
        'const answer = ',
        "if (!request.uri.endsWith('.yml') && response.status === '404') response.status = '403';\n  const answer = ",
      );
    },
  },
  {
    what: 'a manifest before its binaries',
    rows: ['files'],
    says: /FACTSWAY-Setup-1\.1\.0\.exe: is answered with 404/,
    inManifest: (text) => text.replaceAll(VERSION, '1.1.0'),
  },
  {
    what: 'a hash in hexadecimal',
    rows: ['manifest-content'],
    says: /latest\.yml: .*sha512: must be a SHA-512 in base64/,
    inManifest: inHex,
  },
  {
    what: 'a body that is not JSON',
    rows: ['missing-installer'],
    says: /the error says it is JSON, and is none/,
    inTemplate: (of) => {
      edit(
        of,
        'JSON.stringify(answer)',
        "answer.code === 'INSTALLER_NOT_FOUND' ? '<Error/>' : JSON.stringify(answer)",
      );
    },
  },
  {
    what: 'errors in the words of S3',
    rows: ['missing-manifest', 'missing-installer', 'range-beyond'],
    says: /the error is ".*", not JSON/,
    inTemplate: withoutFunction,
  },
];

/** The stack updated to a template with a fault, over the same buckets. */
async function ofTemplate(change: (of: Json) => void) {
  const faulty = structuredClone(server.template);
  change(faulty);
  const other = await server.deployed(faulty);
  try {
    return await verified(other.edge.url);
  } finally {
    await other.close();
  }
}

/** latest.yml as somebody would have written it who does not leave it to `promote`; put back afterwards. */
async function ofManifest(change: (text: string) => string) {
  const { deployment } = server;
  const good = (await fetchFrom(deployment.edge, 'latest.yml')).body.toString();
  const put = async (text: string): Promise<void> => {
    const rules = { CacheControl: CACHE_CONTROL.manifest, ContentType: CONTENT_TYPES.manifest };
    for (const Bucket of Object.values(deployment.buckets))
      await deployment.s3.send(
        new PutObjectCommand({ Bucket, Key: 'latest.yml', Body: text, ...rules }),
      );
    deployment.edge.invalidate();
  };
  const bad = change(good);
  expect(bad).not.toBe(good);
  await put(bad);
  try {
    return await verified(deployment.edge.url);
  } finally {
    await put(good);
  }
}

describe('a planted defect is named by its rows and by no other', () => {
  it.each([...DEFECTS])('$what', async ({ rows, says, inTemplate, inManifest }) => {
    const { exitCode, errors, failed } = await (inTemplate
      ? ofTemplate(inTemplate)
      : ofManifest(inManifest ?? String));
    expect(failed).toEqual(rows);
    expect([exitCode, errors.map(({ code }) => code)]).toEqual([3, ['FW-UPDATES-PROTOCOL']]);
    expect(errors[0]?.message).toContain(`: ${rows.join(', ')}.`);
    expect(errors[0]?.details?.join('\n')).toMatch(says);
    expect(errors[0]?.hint).not.toBe('');
  });

  it('and none of them is left', async () => {
    expect((await verified(server.deployment.edge.url)).failed).toEqual([]);
  });
});
