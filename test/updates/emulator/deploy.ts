import {
  BucketAlreadyExists,
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
  type BucketVersioningStatus,
} from '@aws-sdk/client-s3';
import { at, record, records, word, type Json } from '../../../k8s/json.ts';
import { startEmulator, type Emulator, type Origin } from './edge-emulator.ts';
import { startRegionGate, type RegionGate } from './region-gate.ts';
import { resolveStack, type Stack } from './resolve.ts';

/** Made up, and of the form AWS gives them. */
const ACCOUNT = '210987654321';
const DISTRIBUTION = 'E2EMULATEDEDGE';
const REGIONS = { primary: 'us-east-1', replica: 'eu-central-1' } as const;
type Part = keyof typeof REGIONS;

export type Deployment = {
  readonly edge: Emulator;
  readonly regions: Readonly<Record<Part, RegionGate>>;
  readonly buckets: Readonly<Record<Part, string>>;
  /** Of the test server itself, past the gates. */
  readonly s3: S3Client;
  close(): Promise<void>;
};

export type Limits = { readonly manifest: number; readonly installer: number };

const logicalBucket = (part: Part): string =>
  part === 'primary' ? 'PrimaryBucket' : 'ReplicaBucket';

function resolved(
  template: Json,
  part: Part,
  buckets: Deployment['buckets'],
  limits: Limits,
): Stack {
  const bucket = logicalBucket(part);
  const parameters = {
    Part: part,
    DomainName: 'updates.firm.invalid',
    HostedZoneId: 'Z1',
    ...(part === 'primary' && {
      ReplicaBucketName: buckets.replica,
      ReplicaRegion: REGIONS.replica,
      ReplicaKeyArn: 'key',
      AlarmTopicArn: 'topic',
      GitHubRepository: 'firm/desktop',
    }),
    ManifestRequestLimit: limits.manifest,
    InstallerRequestLimit: limits.installer,
  };
  return resolveStack(template, parameters, {
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::AccountId': ACCOUNT,
    'AWS::StackName': 'factsway-updates',
    'AWS::Region': REGIONS[part],
    Distribution: DISTRIBUTION,
    [bucket]: buckets[part],
    [`${bucket}.Arn`]: `arn:aws:s3:::${buckets[part]}`,
    [`${bucket}.RegionalDomainName`]: `${buckets[part]}.s3.${REGIONS[part]}.amazonaws.com`,
  });
}

async function makeBucket(s3: S3Client, stack: Stack, part: Part, bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
    // A stack that is updated keeps its buckets, and what is in them.
    if (!(error instanceof BucketAlreadyExists || error instanceof BucketAlreadyOwnedByYou))
      throw error;
  });
  const { VersioningConfiguration } = stack.properties(logicalBucket(part));
  const Status = word(record(VersioningConfiguration)['Status']) as BucketVersioningStatus;
  const versioning = { Bucket: bucket, VersioningConfiguration: { Status } };
  await s3.send(new PutBucketVersioningCommand(versioning));
}

/**
 * Policies are evaluated here and not put into moto, which reads them without their conditions: «deny without TLS» would
 * be «deny».
 */
function originsOf(
  stack: Stack,
  regions: Deployment['regions'],
  policies: Readonly<Record<Part, Json>>,
): Readonly<Record<string, Origin>> {
  const declared = records(at(stack.properties('Distribution'), 'DistributionConfig.Origins'));
  const asker = {
    service: 'cloudfront.amazonaws.com',
    sourceArn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${DISTRIBUTION}`,
    sourceAccount: ACCOUNT,
  };
  return Object.fromEntries(
    declared.map((origin) => {
      const [, bucket = '', region] =
        /^(.+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(word(origin['DomainName'])) ?? [];
      const part = region === REGIONS.primary ? 'primary' : 'replica';
      const isSigned = origin['OriginAccessControlId'] !== undefined;
      const place = {
        bucket,
        endpoint: regions[part].endpoint,
        asker: isSigned ? asker : undefined,
      };
      return [word(origin['Id']), { place, policy: policies[part] }];
    }),
  );
}

/** Both parts of a template, deployed: the buckets in moto, the distribution and who may read as the emulator. */
export async function deploy(
  template: Json,
  endpoint: string,
  limits: Limits,
  name: string,
): Promise<Deployment> {
  const s3 = new S3Client({
    endpoint,
    region: REGIONS.primary,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const buckets = { primary: `${name}-primary`, replica: `${name}-replica` };
  const regions = {
    primary: await startRegionGate(endpoint),
    replica: await startRegionGate(endpoint),
  };
  const primary = resolved(template, 'primary', buckets, limits);
  const replica = resolved(template, 'replica', buckets, limits);
  const policyIn = (stack: Stack, part: Part) =>
    record(stack.properties(`${logicalBucket(part)}Policy`)['PolicyDocument']);
  const policies = { primary: policyIn(primary, 'primary'), replica: policyIn(replica, 'replica') };
  await makeBucket(s3, replica, 'replica', buckets.replica);
  await makeBucket(s3, primary, 'primary', buckets.primary);
  const edge = await startEmulator(primary, originsOf(primary, regions, policies));
  return {
    edge,
    regions,
    buckets,
    s3,
    async close() {
      await edge.close();
      await regions.primary.close();
      await regions.replica.close();
      s3.destroy();
    },
  };
}
