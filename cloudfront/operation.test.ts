import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { at, record, records, texts } from '../k8s/json.ts';
import { templateText } from './template.ts';

/** Alarms, limits and rights, as they stand in the emitted file. */
const template = record(parse(templateText()));
const resources = record(template['Resources']);
const of = (name: string) => record(record(resources[name])['Properties']);
const ref = (Ref: string) => ({ Ref });
const sub = (text: string) => ({ 'Fn::Sub': text });

describe('alarms', () => {
  it.each([
    ['ServerErrorsAlarm', 'AWS/CloudFront 5xxErrorRate Average > 1, 5 × 60 s'],
    ['ClientErrorsAlarm', 'AWS/CloudFront 4xxErrorRate Average > 25, 3 × 300 s'],
    ['EdgeFunctionAlarm', 'AWS/CloudFront LambdaExecutionError Sum > 0, 2 × 300 s'],
    ['EdgeAnswerAlarm', 'AWS/CloudFront LambdaValidationError Sum > 0, 2 × 300 s'],
    ['BlockedAlarm', 'AWS/WAFV2 BlockedRequests Sum > 1000, 3 × 300 s'],
    ['ReplicationLateAlarm', 'AWS/S3 ReplicationLatency Maximum > 900, 3 × 300 s'],
    ['ReplicationFailedAlarm', 'AWS/S3 OperationsFailedReplication Sum > 0, 1 × 300 s'],
  ])('%s: %s', (name, expected) => {
    const one = of(name);
    const { Namespace, MetricName, Statistic, Threshold, EvaluationPeriods, Period } = one;
    expect(
      `${String(Namespace)} ${String(MetricName)} ${String(Statistic)} > ${String(Threshold)}, ${String(EvaluationPeriods)} × ${String(Period)} s`,
    ).toBe(expected);
    expect(one).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('AlarmTopicArn')],
      OKActions: [ref('AlarmTopicArn')],
    });
  });

  it('count what they are about', () => {
    const dimensions = (name: string) =>
      Object.fromEntries(
        records(of(name)['Dimensions']).map(({ Name, Value }) => [String(Name), Value]),
      );
    for (const name of ['Server', 'Client', 'EdgeFunction', 'EdgeAnswer'])
      expect(
        dimensions(name.startsWith('Edge') ? `${name}Alarm` : `${name}ErrorsAlarm`),
        name,
      ).toEqual({
        DistributionId: ref('Distribution'),
        Region: 'Global',
      });
    expect(dimensions('BlockedAlarm')).toEqual({ WebACL: ref('AWS::StackName'), Rule: 'ALL' });
    const acl = record(of('WebAcl')['VisibilityConfig']);
    expect(acl).toMatchObject({
      CloudWatchMetricsEnabled: true,
      MetricName: ref('AWS::StackName'),
    });
    for (const name of ['ReplicationLateAlarm', 'ReplicationFailedAlarm'])
      expect(dimensions(name)).toEqual({
        SourceBucket: ref('PrimaryBucket'),
        DestinationBucket: ref('ReplicaBucketName'),
        RuleId: 'all',
      });
  });

  it('are all of them listed here', () => {
    const names = Object.keys(resources).filter((name) => name.endsWith('Alarm'));
    expect(names).toHaveLength(7);
  });
});

it('the firewall looks back as long as it tells clients to wait', () => {
  const rules = records(of('WebAcl')['Rules']).map((rule) => {
    const { EvaluationWindowSec, Limit } = record(at(rule, 'Statement.RateBasedStatement'));
    return [rule['Name'], EvaluationWindowSec, Limit];
  });
  expect(rules).toEqual([
    ['manifest-rate', 60, ref('ManifestRequestLimit')],
    ['installer-rate', 300, ref('InstallerRequestLimit')],
  ]);
  const limit = (name: string) => at(template, `Parameters.${name}.Default`);
  expect([limit('ManifestRequestLimit'), limit('InstallerRequestLimit')]).toEqual([300, 20_000]);
});

it('whoever publishes is one environment of one repository, and deletes nothing', () => {
  const [trust] = records(at(of('PublisherRole'), 'AssumeRolePolicyDocument.Statement'));
  expect(at(trust, 'Condition')).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': sub(
        'repo:${GitHubRepository}:environment:${GitHubEnvironment}',
      ),
    },
  });
  const actions = records(at(of('PublisherRights'), 'PolicyDocument.Statement')).flatMap(
    ({ Action }) => (typeof Action === 'string' ? [Action] : texts(Action)),
  );
  expect([...new Set(actions)].sort()).toEqual([
    'cloudfront:CreateInvalidation',
    'cloudfront:GetInvalidation',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    's3:AbortMultipartUpload',
    's3:GetObject',
    's3:ListBucket',
    's3:ListBucketMultipartUploads',
    's3:ListMultipartUploadParts',
    's3:PutObject',
  ]);
});
