import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templateText } from '../../../cloudfront/template.ts';
import { record, records, type Json } from '../../../k8s/json.ts';
import { isAllowed } from './bucket-policy.ts';
import { runLambda } from './edge-functions.ts';
import { fromWhole } from './ranges.ts';
import { resolveStack } from './resolve.ts';

const template = record(parse(templateText()));
const asker = {
  service: 'cloudfront.amazonaws.com',
  sourceArn: 'arn:aws:cloudfront::1:distribution/E1',
  sourceAccount: '1',
};
const physical = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '1',
  'AWS::Region': 'eu-central-1',
  'AWS::StackName': 'updates',
  'ReplicaBucket.Arn': 'arn:aws:s3:::files',
};
const stackOf = (id: string) =>
  resolveStack(template, { Part: 'replica', DistributionId: id }, physical);
const policyOf = (id: string) =>
  record(stackOf(id).properties('ReplicaBucketPolicy')['PolicyDocument']);

describe('a stack', () => {
  it('has the resources of its part alone', () => {
    const names = stackOf('*').resources.map(({ name }) => name);
    expect(names).toContain('ReplicaBucket');
    expect(names).not.toContain('Distribution');
  });

  it('is not computed from what nobody said', () => {
    const less = Object.entries(physical).filter(([name]) => name !== 'AWS::AccountId');
    const stack = resolveStack(template, { Part: 'replica' }, Object.fromEntries(less));
    expect(() => stack.properties('ReplicaBucketPolicy')).toThrow(
      'nobody said what AWS::AccountId',
    );
  });
});

describe("a bucket's policy", () => {
  it.each([
    ['latest.yml', true],
    ['beta-linux-arm64.yml', true],
    ['FACTSWAY-Setup-1.2.0.exe.blockmap', true],
    ['staged/1.2.0/latest.yml', false],
    ['audit/2026.json', false],
    ['releases/1.2.0.json', false],
  ])('decides on %s: %s', (key, expected) => {
    const arn = `arn:aws:s3:::files/${key}`;
    expect(isAllowed(policyOf('*'), asker, 's3:GetObject', arn)).toBe(expected);
    expect(isAllowed(policyOf('*'), asker, 's3:PutObject', arn)).toBe(false);
  });

  it('lets one distribution read, once it is named', () => {
    const ask = (id: string, who = asker) =>
      isAllowed(policyOf(id), who, 's3:GetObject', 'arn:aws:s3:::files/latest.yml');
    expect([ask('E1'), ask('E2'), ask('*')]).toEqual([true, false, true]);
    expect(ask('*', { ...asker, sourceAccount: '2' })).toBe(false);
    expect(ask('*', { ...asker, service: 'lambda.amazonaws.com' })).toBe(false);
  });
});

describe('whoever publishes', () => {
  const stack = resolveStack(
    template,
    { Part: 'primary', ReplicaBucketName: 'other', ReplicaKeyArn: 'key' },
    { ...physical, 'PrimaryBucket.Arn': 'arn:aws:s3:::files', 'AWS::URLSuffix': 'amazonaws.com' },
  );
  const rights = record(stack.properties('PublisherRights')['PolicyDocument']);
  const bucket = record(stack.properties('PrimaryBucketPolicy')['PolicyDocument']);
  const statements = (of: Json) => records(of['Statement']);
  // Rights of a role are of whoever has it, and a bucket's policy counts together with them.
  const together = {
    Statement: [
      ...statements(rights).map((one) => ({ ...one, Principal: '*' })),
      ...statements(bucket),
    ],
  };
  const may = (key: string, says: Readonly<Record<string, string>>) =>
    isAllowed(
      together,
      { ...asker, service: '', says },
      's3:PutObject',
      `arn:aws:s3:::files/${key}`,
    );
  const creates = { 's3:ObjectCreationOperation': 'true' };
  const onlyIfNew = { ...creates, 's3:if-none-match': '*' };
  const onlyIfSame = { ...creates, 's3:if-match': '"etag"' };

  it.each([
    'FACTSWAY-Setup-1.2.0.exe',
    'FACTSWAY-Setup-1.2.0.exe.blockmap',
    'releases/1.2.0.json',
    'releases/1.2.0.yanked.json',
    'audit/2026.json',
    'staged/1.2.0/latest.yml',
  ])('writes %s once', (key) => {
    expect(may(key, onlyIfNew), 'PutObject and CompleteMultipartUpload, if it is new').toBe(true);
    expect(may(key, creates), 'without a condition').toBe(false);
    expect(may(key, onlyIfSame), 'over what is known').toBe(false);
    // CreateMultipartUpload and UploadPart take no condition.
    expect(may(key, { 's3:ObjectCreationOperation': 'false' }), 'a part').toBe(true);
  });

  it.each(['latest.yml', 'beta-linux-arm64.yml', 'releases/1.2.0.begun.json'])(
    'writes %s again',
    (key) => {
      expect(may(key, onlyIfSame)).toBe(true);
      expect(may(key, onlyIfNew)).toBe(true);
    },
  );

  it('writes nothing else', () => {
    expect(may('logs/x', onlyIfNew)).toBe(false);
  });
});

describe('ranges of what is kept', () => {
  const whole = { status: 200, headers: { etag: '"a"' }, body: Buffer.from('0123456789') };
  const ask = (headers: Record<string, string>) =>
    fromWhole(whole, { method: 'GET', path: '/x', query: '', address: '', headers });
  it.each([
    [{ range: 'bytes=2-4' }, 206, '234'],
    [{ range: 'bytes=8-' }, 206, '89'],
    [{ range: 'bytes=-3' }, 206, '789'],
    [{ range: 'bytes=2-4', 'if-range': '"b"' }, 200, '0123456789'],
    [{ range: 'bytes=0-1, 4-5' }, 200, '0123456789'],
    [{ 'if-none-match': '"a"' }, 304, ''],
  ])('%o', (headers, status, text) => {
    const answer = ask(headers);
    expect([answer?.status, answer?.body.toString()]).toEqual([status, text]);
  });
  it('that are not there are for the origin to refuse', () => {
    expect(ask({ range: 'bytes=10-' })).toBeUndefined();
  });
});

it('a function that neither answers nor changes anything leaves the answer as it is', async () => {
  const request = { method: 'GET', path: '/', query: '', headers: {}, address: '' };
  const code = 'exports.handler = async (event) => event.Records[0].cf.response;';
  const answer = { status: 200, headers: { etag: '"a"' }, body: Buffer.from('x') };
  expect(await runLambda(code, 'origin-response', request, answer)).toEqual(answer);
});
