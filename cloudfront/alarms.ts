import { ref, under, type Resource, type Resources, type Value } from './cloudformation.ts';
import { IS_PRIMARY } from './parameters.ts';
import { REPLICATION_RULE } from './replication.ts';

type Alarm = {
  readonly what: string;
  readonly namespace: 'AWS/CloudFront' | 'AWS/S3' | 'AWS/WAFV2';
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, Value>>;
  readonly statistic: 'Average' | 'Sum' | 'Maximum';
  readonly above: number;
  /** Of so many periods, all have to be above. */
  readonly periods: number;
  readonly periodSeconds: number;
};

function alarm(one: Alarm): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: one.what,
      Namespace: one.namespace,
      MetricName: one.metric,
      Dimensions: Object.entries(one.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: one.statistic,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: one.above,
      EvaluationPeriods: one.periods,
      Period: one.periodSeconds,
      // Nobody asks at night; no requests are no failure.
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('AlarmTopicArn')],
      OKActions: [ref('AlarmTopicArn')],
    },
  };
}

const ofDistribution = { DistributionId: ref('Distribution'), Region: 'Global' };
const ofReplication = {
  SourceBucket: ref('PrimaryBucket'),
  DestinationBucket: ref('ReplicaBucketName'),
  RuleId: REPLICATION_RULE,
};

/** What somebody has to look at: docs/operations/updates-cloudfront.md says what to do then. */
export function alarms(): Resources {
  const cloudFront = { namespace: 'AWS/CloudFront', dimensions: ofDistribution } as const;
  const s3 = { namespace: 'AWS/S3', dimensions: ofReplication } as const;
  const fiveMinutes = { periods: 5, periodSeconds: 60 };
  return under(IS_PRIMARY, {
    ServerErrorsAlarm: alarm({
      what: 'More than 1 % of the answers are 5xx: neither region serves them.',
      ...{ ...cloudFront, metric: '5xxErrorRate', statistic: 'Average', above: 1, ...fiveMinutes },
    }),
    ClientErrorsAlarm: alarm({
      what: 'More than a quarter of the answers are 4xx: a manifest names what is not there, or a limit is too low.',
      ...{ ...cloudFront, metric: '4xxErrorRate', statistic: 'Average', above: 25 },
      ...{ periods: 3, periodSeconds: 300 },
    }),
    EdgeFunctionAlarm: alarm({
      what: 'The edge function fails: what should be a JSON body is an error of CloudFront.',
      ...{ ...cloudFront, metric: 'LambdaExecutionError', statistic: 'Sum', above: 0 },
      ...{ periods: 2, periodSeconds: 300 },
    }),
    EdgeAnswerAlarm: alarm({
      what: 'CloudFront refuses what the edge function makes of an answer: errors reach desktops in its own words.',
      ...{ ...cloudFront, metric: 'LambdaValidationError', statistic: 'Sum', above: 0 },
      ...{ periods: 2, periodSeconds: 300 },
    }),
    BlockedAlarm: alarm({
      what: 'The firewall answers 429 again and again: somebody asks too often, or a firm is larger than its limit.',
      ...{ namespace: 'AWS/WAFV2', metric: 'BlockedRequests', statistic: 'Sum', above: 1000 },
      // Not the firewall itself, but the name it counts under.
      dimensions: { WebACL: ref('AWS::StackName'), Rule: 'ALL' },
      ...{ periods: 3, periodSeconds: 300 },
    }),
    ReplicationLateAlarm: alarm({
      what: 'The replica is more than 15 minutes behind: promotions will be refused.',
      ...{ ...s3, metric: 'ReplicationLatency', statistic: 'Maximum', above: 900 },
      ...{ periods: 3, periodSeconds: 300 },
    }),
    ReplicationFailedAlarm: alarm({
      what: 'An object could not be replicated.',
      ...{ ...s3, metric: 'OperationsFailedReplication', statistic: 'Sum', above: 0 },
      ...{ periods: 1, periodSeconds: 300 },
    }),
  });
}
