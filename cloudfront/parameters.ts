import { equals, not, ref, type Parameter, type Value } from './cloudformation.ts';

/** Both parts are one file: an operator has one thing to keep, and neither half can be of another version. */
export const PARTS = ['replica', 'primary'] as const;
export const PRIMARY_REGION = 'us-east-1';

/** Conditions of the template. */
export const IS_PRIMARY = 'IsPrimary';
export const IS_REPLICA = 'IsReplica';
export const MAKES_OIDC_PROVIDER = 'MakesOidcProvider';

const optional = (pattern: string): string => `^$|^${pattern}$`;

/**
 * What differs between two firms, accounts or stages. Nothing else may: no name of a bucket, domain, zone or certificate
 * stands in the template. Those of the primary part are empty for the replica, so none has a type that AWS looks up.
 */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  Part: {
    Type: 'String',
    AllowedValues: PARTS,
    Description:
      'replica first, in the second region; then primary, in us-east-1, with what the outputs of the replica say.',
  },
  DomainName: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('[a-z0-9][a-z0-9.-]+\\.[a-z]{2,}'),
    Description: 'primary: the name that desktops ask, without https://.',
  },
  HostedZoneId: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('Z[A-Z0-9]+'),
    Description: 'primary: the public Route 53 zone that DomainName lies in.',
  },
  ReplicaBucketName: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]'),
    Description: 'primary: output BucketName of the replica.',
  },
  ReplicaRegion: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('[a-z]{2}(-[a-z]+)+-[0-9]'),
    Description: 'primary: the region of the replica.',
  },
  ReplicaKeyArn: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('arn:aws[a-z-]*:kms:.+'),
    Description: 'primary: output KeyArn of the replica.',
  },
  DistributionId: {
    Type: 'String',
    Default: '*',
    AllowedPattern: '^(\\*|E[A-Z0-9]+)$',
    Description:
      'replica: output DistributionId of the primary, once it is there; until then any distribution of this account may read.',
  },
  AlarmTopicArn: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('arn:aws[a-z-]*:sns:us-east-1:.+'),
    Description: 'primary: SNS topic in us-east-1 that somebody is woken by.',
  },
  GitHubRepository: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('[A-Za-z0-9._-]+/[A-Za-z0-9._-]+'),
    Description: 'primary: owner/name of the repository whose workflow publishes.',
  },
  GitHubEnvironment: {
    Type: 'String',
    Default: 'release',
    AllowedPattern: '^[A-Za-z0-9._-]+$',
    Description: 'primary: the environment of that repository that a job must run in to publish.',
  },
  GitHubOidcProviderArn: {
    Type: 'String',
    Default: '',
    AllowedPattern: optional('arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/.+'),
    Description:
      'primary: the OIDC provider of GitHub in this account, of which there can be one only; empty to make it.',
  },
  ManifestRequestLimit: {
    Type: 'Number',
    Default: 300,
    MinValue: 10,
    MaxValue: 2_000_000_000,
    Description:
      'primary: requests for manifests in one minute from one address before it gets 429.',
  },
  InstallerRequestLimit: {
    Type: 'Number',
    Default: 20_000,
    MinValue: 10,
    MaxValue: 2_000_000_000,
    Description:
      'primary: requests for installers in five minutes. A differential download is some hundred requests, and a firm is one address.',
  },
  LogRetentionDays: {
    Type: 'Number',
    Default: 400,
    MinValue: 1,
    MaxValue: 3650,
    Description: 'Days for which access logs are kept.',
  },
};

export const CONDITIONS: Readonly<Record<string, Value>> = {
  [IS_PRIMARY]: equals(ref('Part'), 'primary'),
  [IS_REPLICA]: equals(ref('Part'), 'replica'),
  [MAKES_OIDC_PROVIDER]: {
    'Fn::And': [equals(ref('Part'), 'primary'), equals(ref('GitHubOidcProviderArn'), '')],
  },
};

const NEEDED_BY_PRIMARY = [
  'DomainName',
  'HostedZoneId',
  'ReplicaBucketName',
  'ReplicaRegion',
  'ReplicaKeyArn',
  'AlarmTopicArn',
  'GitHubRepository',
] as const;

/** Said before anything is made, where otherwise half a stack would be rolled back. */
export const RULES: Readonly<Record<string, Value>> = {
  PrimaryIsInUsEast1: {
    RuleCondition: equals(ref('Part'), 'primary'),
    Assertions: [
      {
        Assert: equals(ref('AWS::Region'), PRIMARY_REGION),
        AssertDescription:
          'The primary part goes to us-east-1: CloudFront takes certificates, web ACLs and edge functions from there alone.',
      },
      ...NEEDED_BY_PRIMARY.map((name) => ({
        Assert: not(equals(ref(name), '')),
        AssertDescription: `The primary part needs ${name}.`,
      })),
    ],
  },
  ReplicaIsElsewhere: {
    RuleCondition: equals(ref('Part'), 'replica'),
    Assertions: [
      {
        Assert: not(equals(ref('AWS::Region'), PRIMARY_REGION)),
        AssertDescription:
          'The replica goes to another region than us-east-1, where the primary is.',
      },
    ],
  },
};
