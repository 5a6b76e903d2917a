import {
  CACHE_CONTROL,
  CHANNELS,
  INSTALLER_PREFIX,
} from '../installer/src/model/updates/protocol.ts';
import { sha256 } from '../installer/src/render/digest.ts';
import {
  att,
  ref,
  sub,
  trustedBy,
  under,
  type Resource,
  type Resources,
  type Value,
} from './cloudformation.ts';
import { ERROR_FUNCTION, ERROR_PAGES, NOT_FOUND_FUNCTION } from './edge-code.ts';
import { IS_PRIMARY } from './parameters.ts';

const YEAR_SECONDS = 31_536_000;
const ORIGINS = 'origins';
/** A version is published when its name is new, so the name is that of the code. */
const VERSION = `ErrorFunctionVersion${sha256(ERROR_FUNCTION).slice(0, 10)}`;

/**
 * Kept for so many seconds at most, and by path alone: the client's ?noCache= must not make every request another object.
 * What has no header of its own is kept as long; there is no least time, which might hold for an error as well.
 */
function cachePolicy(name: string, seconds: number): Resource {
  return {
    Type: 'AWS::CloudFront::CachePolicy',
    Properties: {
      CachePolicyConfig: {
        Name: sub(`\${AWS::StackName}-${name}`),
        MinTTL: 0,
        DefaultTTL: seconds,
        MaxTTL: seconds,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingBrotli: false,
          EnableAcceptEncodingGzip: false,
          CookiesConfig: { CookieBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    },
  };
}

/** S3 tells every reader the key's ARN, and in it the number of the account. */
const TOLD_BY_S3 = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-version-id',
  'x-amz-replication-status',
];

function headersPolicy(name: string, custom: readonly Value[]): Resource {
  return {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        Name: sub(`\${AWS::StackName}-${name}`),
        SecurityHeadersConfig: {
          ContentTypeOptions: { Override: true },
          StrictTransportSecurity: {
            AccessControlMaxAgeSec: 2 * YEAR_SECONDS,
            IncludeSubdomains: false,
            Preload: false,
            Override: true,
          },
        },
        RemoveHeadersConfig: { Items: TOLD_BY_S3.map((Header) => ({ Header })) },
        ...(custom.length === 0 ? {} : { CustomHeadersConfig: { Items: custom } }),
      },
    },
  };
}

/** Whatever wrote it, a manifest is asked for anew. Not so for installers: a year would stick to their errors as well. */
const MANIFEST_HEADERS: readonly Value[] = [
  { Header: 'Cache-Control', Value: CACHE_CONTROL.manifest, Override: true },
];

const onEdge = (event: 'origin-request' | 'origin-response'): Value => [
  { EventType: event, IncludeBody: false, LambdaFunctionARN: ref(VERSION) },
];

function behaviour(cache: string, headers: string, more: Readonly<Record<string, Value>>) {
  return {
    TargetOriginId: ORIGINS,
    ViewerProtocolPolicy: 'https-only',
    AllowedMethods: ['GET', 'HEAD'],
    CachedMethods: ['GET', 'HEAD'],
    Compress: false,
    CachePolicyId: ref(cache),
    ResponseHeadersPolicyId: ref(headers),
    ...more,
  };
}

const manifests = (pattern: string): Value => ({
  PathPattern: pattern,
  ...behaviour('Uncached', 'ManifestHeaders', {
    LambdaFunctionAssociations: onEdge('origin-response'),
  }),
});

/** CloudFront's own page would be HTML. Nothing of an error is remembered: what was missing may be there a second later. */
function page(status: number, path: string): Value {
  return {
    ErrorCode: status,
    ResponseCode: status,
    ResponsePagePath: path,
    ErrorCachingMinTTL: 0,
  };
}

/** The body of these is the edge function's; named for their caching alone. */
const BY_FUNCTION = [404, 416];
const REFUSED = [400, 403, 405, 414];
const UNAVAILABLE = [500, 501, 502, 503, 504];

/** A missing object is missing in both places, and what may not be read is a fault that nobody must be led past. */
export const FAILOVER_STATUS = [500, 502, 503, 504];

const origin = (id: string, address: Value): Value => ({
  Id: id,
  DomainName: address,
  OriginAccessControlId: ref('OriginAccess'),
  S3OriginConfig: { OriginAccessIdentity: '' },
  ConnectionAttempts: 2,
  ConnectionTimeout: 4,
});

const distribution: Resource = {
  Type: 'AWS::CloudFront::Distribution',
  Properties: {
    DistributionConfig: {
      Enabled: true,
      Comment: sub('Desktop updates (${AWS::StackName})'),
      Aliases: [ref('DomainName')],
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      // Nothing has this name: / is answered like every path that is nobody's.
      DefaultRootObject: 'index.html',
      WebACLId: att('WebAcl', 'Arn'),
      ViewerCertificate: {
        AcmCertificateArn: ref('Certificate'),
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
      Origins: [
        origin('primary', att('PrimaryBucket', 'RegionalDomainName')),
        origin('replica', sub('${ReplicaBucketName}.s3.${ReplicaRegion}.${AWS::URLSuffix}')),
      ],
      OriginGroups: {
        Quantity: 1,
        Items: [
          {
            Id: ORIGINS,
            FailoverCriteria: {
              StatusCodes: { Quantity: FAILOVER_STATUS.length, Items: FAILOVER_STATUS },
            },
            Members: { Quantity: 2, Items: [{ OriginId: 'primary' }, { OriginId: 'replica' }] },
          },
        ],
      },
      DefaultCacheBehavior: behaviour('Uncached', 'CommonHeaders', {
        FunctionAssociations: [
          { EventType: 'viewer-request', FunctionARN: att('NotFoundFunction', 'FunctionARN') },
        ],
      }),
      CacheBehaviors: [
        ...CHANNELS.map((channel) => manifests(`/${channel}*.yml`)),
        {
          PathPattern: `/${INSTALLER_PREFIX}*`,
          ...behaviour('CachedForAYear', 'CommonHeaders', {
            LambdaFunctionAssociations: onEdge('origin-response'),
          }),
        },
        {
          PathPattern: '/errors/*',
          ...behaviour('Uncached', 'CommonHeaders', {
            LambdaFunctionAssociations: onEdge('origin-request'),
          }),
        },
      ],
      CustomErrorResponses: [
        ...BY_FUNCTION.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
        ...REFUSED.map((status) => page(status, ERROR_PAGES.refused)),
        ...UNAVAILABLE.map((status) => page(status, ERROR_PAGES.unavailable)),
      ],
    },
  },
};

/** The distribution, what it caches and says, and the code at its edge. */
export function edge(): Resources {
  return under(IS_PRIMARY, {
    OriginAccess: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: sub('${AWS::StackName}-s3'),
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    Uncached: cachePolicy('uncached', 0),
    CachedForAYear: cachePolicy('year', YEAR_SECONDS),
    CommonHeaders: headersPolicy('common', []),
    ManifestHeaders: headersPolicy('manifest', MANIFEST_HEADERS),
    NotFoundFunction: {
      Type: 'AWS::CloudFront::Function',
      Properties: {
        Name: sub('${AWS::StackName}-not-found'),
        AutoPublish: true,
        FunctionCode: NOT_FOUND_FUNCTION,
        FunctionConfig: { Runtime: 'cloudfront-js-2.0', Comment: 'Paths that are nobody’s' },
      },
    },
    ErrorFunctionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trustedBy('lambda.amazonaws.com', 'edgelambda.amazonaws.com'),
      },
    },
    ErrorFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Description: 'JSON bodies of errors, at the edge',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        MemorySize: 128,
        Timeout: 3,
        Role: att('ErrorFunctionRole', 'Arn'),
        Code: { ZipFile: ERROR_FUNCTION },
      },
    },
    [VERSION]: {
      Type: 'AWS::Lambda::Version',
      // CloudFront removes its copies over hours; until then a version cannot be deleted, and an update would fail on it.
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { FunctionName: ref('ErrorFunction') },
    },
    Distribution: distribution,
  });
}
