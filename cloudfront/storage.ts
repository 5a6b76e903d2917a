import { CHANNELS, INSTALLER_PREFIX } from '../installer/src/model/updates/protocol.ts';
import {
  att,
  policy,
  ref,
  sub,
  under,
  type Resource,
  type Resources,
  type Value,
} from './cloudformation.ts';
import { IS_PRIMARY, IS_REPLICA } from './parameters.ts';
import { replication, replicationRights, replicationRole } from './replication.ts';

/** What CloudFront may read; what is staged, the audit log and the records of releases is not among it. */
export const SERVED_KEYS = [
  ...CHANNELS.map((channel) => `${channel}*.yml`),
  `${INSTALLER_PREFIX}*`,
];

/**
 * What is written again under its name: manifests, and what a publication that has begun intends. Everything else is
 * written once.
 */
export const CHANGING_KEYS = [
  ...CHANNELS.map((channel) => `${channel}*.yml`),
  'releases/*.begun.json',
];

const DAYS_OF_REPLACED = 90;
/** A publication that was killed goes on within these. */
const DAYS_OF_HALF_UPLOADS = 7;

const PRIVATE: Value = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};

/** Names of one part's resources: the two parts are alike, and never in one stack. */
function names(part: 'Primary' | 'Replica') {
  return { bucket: `${part}Bucket`, key: `${part}Key`, logs: `${part}Logs` };
}

const abortHalfUploads: Value = {
  Id: 'abort-half-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: DAYS_OF_HALF_UPLOADS },
};

function bucket(key: string, logs: string, more: Readonly<Record<string, Value>> = {}): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: PRIVATE,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      // Without a default retention: a release can be kept from deletion later, which no bucket can be taught then.
      ObjectLockEnabled: true,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: att(key, 'Arn'),
            },
          },
        ],
      },
      LoggingConfiguration: { DestinationBucketName: ref(logs), LogFilePrefix: 's3/' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: {
        Rules: [
          abortHalfUploads,
          {
            Id: 'expire-replaced-versions',
            Status: 'Enabled',
            NoncurrentVersionExpiration: { NoncurrentDays: DAYS_OF_REPLACED },
          },
        ],
      },
      ...more,
    },
  };
}

function logs(): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: PRIVATE,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      // S3 delivers its logs to no bucket that encrypts with a key of KMS by default.
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: {
        Rules: [
          abortHalfUploads,
          {
            Id: 'expire',
            Status: 'Enabled',
            ExpirationInDays: ref('LogRetentionDays'),
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          },
        ],
      },
    },
  };
}

export const encryptedOnly = (name: string) =>
  ({
    Sid: 'DenyWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [att(name, 'Arn'), { 'Fn::Join': ['', [att(name, 'Arn'), '/*']] }],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }) as const;

/**
 * Whoever writes what must never change has to ask S3 that nothing has this name yet, whatever program it is. S3 asks for
 * it where an object comes to be (PutObject, CompleteMultipartUpload, CopyObject); the parts of an upload and its beginning
 * cannot say it. Replication is another action. (S3 user guide, "Enforce conditional writes on Amazon S3 buckets".)
 */
const nothingOverwritten = (name: string) =>
  ({
    Sid: 'DenyOverwriting',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    NotResource: CHANGING_KEYS.map((key) => sub(`\${${name}.Arn}/${key}`)),
    Condition: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  }) as const;

/** `distribution`: its ARN, or a pattern of it. */
function readByCloudFront(name: string, distribution: Value): Resource {
  const reader = {
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: {
      ArnLike: { 'aws:SourceArn': distribution },
      StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
    },
  } as const;
  return {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref(name),
      PolicyDocument: policy(
        encryptedOnly(name),
        nothingOverwritten(name),
        {
          Sid: 'CloudFrontReadsWhatIsServed',
          ...reader,
          Action: 's3:GetObject',
          Resource: SERVED_KEYS.map((key) => sub(`\${${name}.Arn}/${key}`)),
        },
        // Without it S3 answers 403 for what is missing, and a client that was to wait for a release gives up.
        {
          Sid: 'CloudFrontIsToldWhatIsMissing',
          ...reader,
          Action: 's3:ListBucket',
          Resource: att(name, 'Arn'),
        },
      ),
    },
  };
}

/**
 * `distribution` is a pattern even for the primary: the distribution knows the bucket's address, the bucket its key, and
 * a key that named the distribution would close the circle.
 */
function key(distribution: Value): Resource {
  return {
    Type: 'AWS::KMS::Key',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Description: 'Objects of the update server',
      EnableKeyRotation: true,
      KeyPolicy: policy(
        {
          Sid: 'AccountDecidesByIam',
          Effect: 'Allow',
          Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Sid: 'CloudFrontReads',
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: {
            ArnLike: { 'aws:SourceArn': distribution },
            StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
          },
        },
        {
          Sid: 'GrantsAreForServicesOfAws',
          Effect: 'Deny',
          Principal: '*',
          Action: 'kms:CreateGrant',
          Resource: '*',
          Condition: {
            BoolIfExists: {
              'kms:GrantIsForAWSResource': 'false',
              'aws:PrincipalIsAWSService': 'false',
            },
          },
        },
      ),
    },
  };
}

const distributionsOf = (id: string): Value =>
  sub(`arn:\${AWS::Partition}:cloudfront::\${AWS::AccountId}:distribution/${id}`);

/** Buckets, keys and who may read them. Retained when a stack is deleted: what was published outlives it. */
export function storage(): Resources {
  const primary = names('Primary');
  const replica = names('Replica');
  return {
    ...under(IS_REPLICA, {
      [replica.key]: key(distributionsOf('${DistributionId}')),
      [replica.logs]: logs(),
      [replica.bucket]: bucket(replica.key, replica.logs),
      ReplicaBucketPolicy: readByCloudFront(replica.bucket, distributionsOf('${DistributionId}')),
    }),
    ...under(IS_PRIMARY, {
      [primary.key]: key(distributionsOf('*')),
      [primary.logs]: logs(),
      ReplicationRole: replicationRole,
      [primary.bucket]: bucket(primary.key, primary.logs, {
        ReplicationConfiguration: replication,
      }),
      ReplicationRights: replicationRights,
      PrimaryBucketPolicy: readByCloudFront(primary.bucket, distributionsOf('${Distribution}')),
    }),
  };
}
