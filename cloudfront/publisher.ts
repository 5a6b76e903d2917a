import { att, either, policy, ref, sub, under, type Resources } from './cloudformation.ts';
import { IS_PRIMARY, MAKES_OIDC_PROVIDER } from './parameters.ts';
import { SERVED_KEYS } from './storage.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/** What `factsway-install release` writes: docs/operations/updates.md, "Layout". */
export const PUBLISHED_KEYS = [...SERVED_KEYS, 'staged/*', 'releases/*', 'audit/*'];

const objects = (bucket: string) => PUBLISHED_KEYS.map((key) => sub(`${bucket}/${key}`));
const REPLICA = 'arn:${AWS::Partition}:s3:::${ReplicaBucketName}';

/**
 * One environment of one repository publishes, without a key that could be stolen. It reads and writes what a release is
 * made of; it deletes nothing, changes no setting, and in the other region reads only.
 */
export function publisher(): Resources {
  return {
    ...under(MAKES_OIDC_PROVIDER, {
      GitHubOidcProvider: {
        Type: 'AWS::IAM::OIDCProvider',
        Properties: { Url: `https://${ISSUER}`, ClientIdList: [AUDIENCE] },
      },
    }),
    ...under(IS_PRIMARY, {
      PublisherRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: 'Publishes desktop releases from GitHub Actions',
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'sts:AssumeRoleWithWebIdentity',
                Principal: {
                  Federated: either(
                    MAKES_OIDC_PROVIDER,
                    ref('GitHubOidcProvider'),
                    ref('GitHubOidcProviderArn'),
                  ),
                },
                Condition: {
                  StringEquals: {
                    [`${ISSUER}:aud`]: AUDIENCE,
                    [`${ISSUER}:sub`]: sub(
                      'repo:${GitHubRepository}:environment:${GitHubEnvironment}',
                    ),
                  },
                },
              },
            ],
          },
        },
      },
      PublisherRights: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Roles: [ref('PublisherRole')],
          PolicyName: 'publish',
          PolicyDocument: policy(
            {
              Sid: 'WriteReleases',
              Effect: 'Allow',
              Action: [
                's3:PutObject',
                's3:GetObject',
                's3:AbortMultipartUpload',
                's3:ListMultipartUploadParts',
              ],
              Resource: objects('${PrimaryBucket.Arn}'),
            },
            {
              Sid: 'List',
              Effect: 'Allow',
              Action: ['s3:ListBucket', 's3:ListBucketMultipartUploads'],
              Resource: att('PrimaryBucket', 'Arn'),
            },
            {
              Sid: 'VerifyReplica',
              Effect: 'Allow',
              Action: 's3:GetObject',
              Resource: objects(REPLICA),
            },
            {
              Sid: 'ListReplica',
              Effect: 'Allow',
              Action: 's3:ListBucket',
              Resource: sub(REPLICA),
            },
            {
              Sid: 'Encrypt',
              Effect: 'Allow',
              Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
              Resource: att('PrimaryKey', 'Arn'),
            },
            {
              Sid: 'DecryptReplica',
              Effect: 'Allow',
              Action: 'kms:Decrypt',
              Resource: ref('ReplicaKeyArn'),
            },
            {
              Sid: 'InvalidateManifests',
              Effect: 'Allow',
              Action: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
              Resource: sub(
                'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}',
              ),
            },
          ),
        },
      },
    }),
  };
}
