import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { at, record, records } from '../k8s/json.ts';
import { SERVED_KEYS } from './storage.ts';
import { templateText } from './template.ts';

/** Each word of the specification that no rule of Control Tower or AwsSolutions knows, as it stands in the emitted file. */
const template = record(parse(templateText()));
const resources = record(template['Resources']);
const of = (name: string) => record(record(resources[name])['Properties']);
const statement = (name: string, sid: string, document = 'PolicyDocument') =>
  records(at(of(name), `${document}.Statement`)).find(({ Sid }) => Sid === sid);
const distribution = record(of('Distribution')['DistributionConfig']);
const ref = (Ref: string) => ({ Ref });
const sub = (text: string) => ({ 'Fn::Sub': text });
const arn = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const BUCKETS = ['PrimaryBucket', 'ReplicaBucket'];
const REPLICA = 'arn:${AWS::Partition}:s3:::${ReplicaBucketName}';

describe('replication', () => {
  it('brings every object, encrypted with the key over there, within a quarter of an hour', () => {
    expect(of('PrimaryBucket')['ReplicationConfiguration']).toEqual({
      Role: arn('ReplicationRole'),
      Rules: [
        {
          Id: 'all',
          Status: 'Enabled',
          Priority: 1,
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Disabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: {
            Bucket: sub(REPLICA),
            EncryptionConfiguration: { ReplicaKmsKeyID: ref('ReplicaKeyArn') },
            Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
            ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
          },
        },
      ],
    });
    expect(of('ReplicaBucket')['ReplicationConfiguration'], 'one way').toBeUndefined();
  });

  it('may read there and write here, and nothing more', () => {
    const rights = records(at(of('ReplicationRights'), 'PolicyDocument.Statement'));
    expect(rights.map(({ Action, Resource }) => [[Action].flat(), Resource])).toEqual([
      [['s3:GetReplicationConfiguration', 's3:ListBucket'], arn('PrimaryBucket')],
      [
        [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        sub('${PrimaryBucket.Arn}/*'),
      ],
      [['s3:ReplicateObject', 's3:ReplicateTags'], sub(`${REPLICA}/*`)],
      [['kms:Decrypt'], arn('PrimaryKey')],
      [['kms:Encrypt'], ref('ReplicaKeyArn')],
    ]);
    expect(rights.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    expect(of('ReplicationRights')['Roles']).toEqual([ref('ReplicationRole')]);
  });
});

describe.each([
  ['Primary', '*', '${Distribution}'],
  ['Replica', '${DistributionId}', '${DistributionId}'],
])('CloudFront at the bucket of the part %s', (part, ofKey, ofBucket) => {
  const only = (id: string) => ({
    ArnLike: {
      'aws:SourceArn': sub(
        `arn:\${AWS::Partition}:cloudfront::\${AWS::AccountId}:distribution/${id}`,
      ),
    },
    StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
  });
  const reader = { Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' } };

  it('may decrypt what it reads', () => {
    expect(statement(`${part}Key`, 'CloudFrontReads', 'KeyPolicy')).toEqual({
      ...{ Sid: 'CloudFrontReads', ...reader, Condition: only(ofKey) },
      ...{ Action: 'kms:Decrypt', Resource: '*' },
    });
  });

  it('may read what is served and is told what is missing', () => {
    const name = `${part}Bucket`;
    expect(statement(`${name}Policy`, 'CloudFrontReadsWhatIsServed')).toEqual({
      ...{ Sid: 'CloudFrontReadsWhatIsServed', ...reader, Condition: only(ofBucket) },
      ...{
        Action: 's3:GetObject',
        Resource: SERVED_KEYS.map((key) => sub(`\${${name}.Arn}/${key}`)),
      },
    });
    expect(statement(`${name}Policy`, 'CloudFrontIsToldWhatIsMissing')).toEqual({
      ...{ Sid: 'CloudFrontIsToldWhatIsMissing', ...reader, Condition: only(ofBucket) },
      ...{ Action: 's3:ListBucket', Resource: arn(name) },
    });
  });
});

describe('buckets', () => {
  it.each(BUCKETS)('%s is private, versioned, encrypted with its key and logs', (name) => {
    const key = name.replace('Bucket', 'Key');
    expect(of(name)).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn(key) },
          },
        ],
      },
      LoggingConfiguration: {
        DestinationBucketName: ref(name.replace('Bucket', 'Logs')),
        LogFilePrefix: 's3/',
      },
    });
    expect(record(resources[name])).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it.each(BUCKETS)('%s forgets half uploads and replaced versions, and nothing else', (name) => {
    expect(at(of(name), 'LifecycleConfiguration.Rules')).toEqual([
      {
        Id: 'abort-half-uploads',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
      {
        Id: 'expire-replaced-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      },
    ]);
  });

  it.each(['PrimaryLogs', 'ReplicaLogs'])(
    '%s forgets logs after the days that were asked',
    (name) => {
      expect(records(at(of(name), 'LifecycleConfiguration.Rules'))[1]).toEqual({
        Id: 'expire',
        Status: 'Enabled',
        ExpirationInDays: ref('LogRetentionDays'),
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      });
    },
  );
});

describe('the distribution', () => {
  it('speaks HTTP/2 and 3, IPv6, and TLS 1.2 of 2021 or newer with its own certificate', () => {
    expect(distribution).toMatchObject({
      Enabled: true,
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      Aliases: [ref('DomainName')],
      WebACLId: arn('WebAcl'),
      ViewerCertificate: {
        AcmCertificateArn: ref('Certificate'),
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    const all = [
      distribution['DefaultCacheBehavior'],
      ...records(distribution['CacheBehaviors']),
    ].map((one) => record(one));
    expect(new Set(all.map((one) => one['ViewerProtocolPolicy']))).toEqual(new Set(['https-only']));
  });

  it('has names for IPv4 and IPv6', () => {
    const types = Object.keys(resources)
      .filter((name) => record(resources[name])['Type'] === 'AWS::Route53::RecordSet')
      .map((name) => of(name)['Type']);
    expect(types.sort()).toEqual(['A', 'AAAA']);
  });

  it('signs what it asks both regions, the primary first', () => {
    const origins = records(distribution['Origins']);
    expect(origins.map(({ Id, OriginAccessControlId }) => [Id, OriginAccessControlId])).toEqual([
      ['primary', ref('OriginAccess')],
      ['replica', ref('OriginAccess')],
    ]);
    expect(of('OriginAccess')['OriginAccessControlConfig']).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    const members = records(at(distribution, 'OriginGroups.Items.0.Members.Items'));
    expect(members).toEqual([{ OriginId: 'primary' }, { OriginId: 'replica' }]);
  });

  it('keeps manifests not at all and installers for a year', () => {
    const times = (name: string) => {
      const { MinTTL, DefaultTTL, MaxTTL } = record(of(name)['CachePolicyConfig']);
      return [MinTTL, DefaultTTL, MaxTTL];
    };
    expect(times('Uncached')).toEqual([0, 0, 0]);
    expect(times('CachedForAYear')).toEqual([0, 31_536_000, 31_536_000]);
  });

  it('keeps no error', () => {
    for (const one of records(distribution['CustomErrorResponses']))
      expect(one).toMatchObject({ ErrorCachingMinTTL: 0 });
  });

  it('delivers access logs to where they are kept', () => {
    expect(of('AccessLogSource')).toMatchObject({ LogType: 'ACCESS_LOGS' });
    expect(of('AccessLogDestination')).toMatchObject({
      OutputFormat: 'json',
      DestinationResourceArn: sub('${PrimaryLogs.Arn}/cloudfront'),
    });
    expect(statement('PrimaryLogsPolicy', 'CloudFrontDelivers')).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: 's3:PutObject',
    });
  });
});
