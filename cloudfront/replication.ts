import { att, policy, ref, sub, trustedBy, type Resource, type Value } from './cloudformation.ts';

export const REPLICATION_RULE = 'all';

export const replication: Value = {
  Role: att('ReplicationRole', 'Arn'),
  Rules: [
    {
      Id: REPLICATION_RULE,
      Status: 'Enabled',
      Priority: 1,
      Filter: { Prefix: '' },
      // A deletion stays where it happened: the other region is what is left.
      DeleteMarkerReplication: { Status: 'Disabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: sub('arn:${AWS::Partition}:s3:::${ReplicaBucketName}'),
        EncryptionConfiguration: { ReplicaKmsKeyID: ref('ReplicaKeyArn') },
        Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
        ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
      },
    },
  ],
};

export const replicationRole: Resource = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trustedBy('s3.amazonaws.com') },
};

/** Apart from the role, which the bucket needs before it has an address. */
export const replicationRights: Resource = {
  Type: 'AWS::IAM::Policy',
  Properties: {
    Roles: [ref('ReplicationRole')],
    PolicyName: 'replicate',
    PolicyDocument: policy(
      {
        Sid: 'ReadSource',
        Effect: 'Allow',
        Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        Resource: att('PrimaryBucket', 'Arn'),
      },
      {
        Sid: 'ReadVersions',
        Effect: 'Allow',
        Action: [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        Resource: sub('${PrimaryBucket.Arn}/*'),
      },
      {
        Sid: 'WriteReplica',
        Effect: 'Allow',
        Action: ['s3:ReplicateObject', 's3:ReplicateTags'],
        Resource: sub('arn:${AWS::Partition}:s3:::${ReplicaBucketName}/*'),
      },
      {
        Sid: 'DecryptSource',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: att('PrimaryKey', 'Arn'),
      },
      {
        Sid: 'EncryptReplica',
        Effect: 'Allow',
        Action: 'kms:Encrypt',
        Resource: ref('ReplicaKeyArn'),
      },
    ),
  },
};
