import { PUBLISHED_KEYS } from '../publisher.ts';

export type Suppression = {
  /** Of cfn-guard: the rule's name. Of cdk-nag: its id, with the finding where it has one. */
  readonly rule: string;
  /** Logical names; what the rule says of any other resource counts. */
  readonly resources: readonly string[];
  readonly reason: string;
};

const LOGS = ['PrimaryLogs', 'ReplicaLogs'];

/** AWS Control Tower, by cfn-guard. */
export const GUARD_SUPPRESSIONS: readonly Suppression[] = [
  {
    rule: 'cloudfront_access_logs_enabled_check',
    resources: ['Distribution'],
    reason:
      'The rule knows the first kind of access logs alone, which need a bucket with access control lists; ours are delivered by CloudWatch Logs (AccessLogDelivery), and a test holds that they are.',
  },
  {
    rule: 'lambda_inside_vpc_check',
    resources: ['ErrorFunction'],
    reason: 'CloudFront runs no function at its edge that is in a VPC. This one calls nothing.',
  },
  {
    rule: 's3_bucket_default_encryption_kms_check',
    resources: LOGS,
    reason:
      'S3 delivers access logs to no bucket that encrypts with KMS by default; AES-256 it is.',
  },
  {
    rule: 's3_bucket_logging_enabled_check',
    resources: LOGS,
    reason: 'Logs of what writes the logs would be without an end.',
  },
];

const REPLICA = 'arn:<AWS::Partition>:s3:::<ReplicaBucketName>';
const PRIMARY = '<PrimaryBucket.Arn>';

const everyObject = (bucket: string): Suppression => ({
  rule: `AwsSolutions-IAM5[Resource::${bucket}/*]`,
  resources: ['ReplicationRights'],
  reason:
    'S3 replicates whatever is in the bucket; these rights are those its documentation asks for.',
});
const publishedObjects = (bucket: string): readonly Suppression[] =>
  PUBLISHED_KEYS.map((key) => ({
    rule: `AwsSolutions-IAM5[Resource::${bucket}/${key}]`,
    resources: ['PublisherRights'],
    reason: 'What is published has names of versions; beyond these beginnings nothing is allowed.',
  }));

/** cdk-nag, AwsSolutions. */
export const NAG_SUPPRESSIONS: readonly Suppression[] = [
  {
    rule: 'AwsSolutions-CFR1',
    resources: ['Distribution'],
    reason: 'Lawyers travel, and a desktop that cannot update is the greater risk.',
  },
  {
    rule: 'AwsSolutions-CFR3',
    resources: ['Distribution'],
    reason: 'As cloudfront_access_logs_enabled_check: the rule knows the first kind of logs alone.',
  },
  ...[PRIMARY, REPLICA].map(everyObject),
  ...[PRIMARY, REPLICA].flatMap(publishedObjects),
];
