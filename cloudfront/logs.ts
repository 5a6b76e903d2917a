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
import { encryptedOnly } from './storage.ts';

const ofThisAccount = (source: Value): Value => ({
  ArnLike: { 'aws:SourceArn': source },
  StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
});

function logsPolicy(logs: string, bucket: string, withDelivery: boolean): Resource {
  const delivery = {
    Sid: 'CloudFrontDelivers',
    Effect: 'Allow',
    Principal: { Service: 'delivery.logs.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: sub(`\${${logs}.Arn}/*`),
    Condition: ofThisAccount(
      sub('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:delivery-source:*'),
    ),
  } as const;
  return {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref(logs),
      PolicyDocument: policy(
        encryptedOnly(logs),
        {
          Sid: 'S3Delivers',
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: sub(`\${${logs}.Arn}/s3/*`),
          Condition: ofThisAccount(att(bucket, 'Arn')),
        },
        ...(withDelivery ? [delivery] : []),
      ),
    },
  };
}

/**
 * Who asked for what: of CloudFront by its second kind of access logs, which needs no bucket with access control lists,
 * and of S3 itself.
 */
export function accessLogs(): Resources {
  return {
    ...under(IS_REPLICA, { ReplicaLogsPolicy: logsPolicy('ReplicaLogs', 'ReplicaBucket', false) }),
    ...under(IS_PRIMARY, {
      PrimaryLogsPolicy: logsPolicy('PrimaryLogs', 'PrimaryBucket', true),
      AccessLogSource: {
        Type: 'AWS::Logs::DeliverySource',
        Properties: {
          Name: sub('${AWS::StackName}-access'),
          LogType: 'ACCESS_LOGS',
          ResourceArn: sub(
            'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}',
          ),
        },
      },
      AccessLogDestination: {
        Type: 'AWS::Logs::DeliveryDestination',
        Properties: {
          Name: sub('${AWS::StackName}-access'),
          OutputFormat: 'json',
          DestinationResourceArn: sub('${PrimaryLogs.Arn}/cloudfront'),
        },
      },
      AccessLogDelivery: {
        Type: 'AWS::Logs::Delivery',
        DependsOn: ['PrimaryLogsPolicy'],
        Properties: {
          DeliverySourceName: ref('AccessLogSource'),
          DeliveryDestinationArn: att('AccessLogDestination', 'Arn'),
        },
      },
    }),
  };
}
