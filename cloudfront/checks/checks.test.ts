import { describe, expect, it } from 'vitest';
import type { Template, Value } from '../cloudformation.ts';
import { updatesTemplate } from '../template.ts';
import { guard, without } from './guard.ts';
import { nag } from './nag.ts';
import { attributeProblems, propertyProblems } from './properties.ts';
import { GUARD_SUPPRESSIONS, NAG_SUPPRESSIONS } from './suppressions.ts';

const template = updatesTemplate();

/** Every Control Tower rule that has something to say here. A rule that stops reading us is not in its list any more. */
const RULES_THAT_PASS = [
  'cloudfront_custom_ssl_certificate_check',
  'cloudfront_default_root_object_configured_check',
  'cloudfront_origin_access_control_enabled_check',
  'cloudfront_origin_failover_enabled_check',
  'cloudfront_security_policy_check',
  'cloudfront_sni_enabled_check',
  'cloudfront_viewer_policy_https_check',
  'cloudwatch_alarm_action_check',
  'cloudwatch_alarm_action_enabled_check',
  'iam_inline_policy_no_statements_with_admin_access_check',
  'iam_inline_policy_no_statements_with_full_access_check',
  'iam_user_no_policies_check',
  'kms_create_grant_aws_service_check',
  'kms_key_rotation_enabled_check',
  's3_bucket_acl_prohibited_check',
  's3_bucket_level_public_access_prohibited_check',
  's3_bucket_object_lock_enabled_check',
  's3_bucket_policy_ssl_requests_only_check',
  's3_bucket_versioning_enabled_check',
  's3_event_notifications_enabled_check',
  's3_lifecycle_policy_check',
  's3_version_lifecycle_policy_check',
  'wafv2_webacl_not_empty_check',
];

/** Rules of the services we use that find nothing to judge, and why that is right. */
const SKIPPED: Readonly<Record<string, string>> = {
  acm_certificate_domain_name_check: 'the certificate is none of a private authority',
  cloudfront_no_deprecated_ssl_protocols_check: 'both origins are S3',
  cloudfront_traffic_to_origin_encrypted_check: 'both origins are S3',
  cloudwatch_log_group_encrypted_check: 'no group of logs is made',
  cloudwatch_log_group_retention_period_check: 'no group of logs is made',
  iam_managed_policy_no_statements_with_admin_access_check: 'rights are of their role alone',
  iam_managed_policy_no_statements_with_full_access_check: 'rights are of their role alone',
  kms_asymmetric_rsa_keyspec_check: 'the keys are symmetric',
  lambda_function_public_access_prohibited_check: 'nobody is given the right to call the function',
  lambda_function_url_auth_check: 'the function has no address of its own',
  lambda_function_url_cors_check: 'the function has no address of its own',
  lambda_layer_public_access_prohibited_check: 'it has no layer',
  s3_access_point_public_access_prohibited_check: 'there is no access point',
  waf_global_rule_not_empty_check: 'the firewall is WAFv2',
  waf_global_webacl_not_empty_check: 'the firewall is WAFv2',
  waf_regional_rule_not_empty_check: 'the firewall is WAFv2',
  waf_regional_webacl_not_empty_check: 'the firewall is WAFv2',
  wafv2_rulegroup_not_empty_check: 'its rules are in no group',
};
const OF_OUR_SERVICES = /^(acm|cloudfront|cloudwatch|iam|kms|lambda|s3|waf)/;

/** A copy with one property of one resource changed. */
function planted(
  resource: string,
  path: string,
  value: Value | undefined,
  from = template,
): Template {
  const copy = structuredClone(from) as unknown as { Resources: Record<string, object> };
  const steps = ['Properties', ...path.split('.')];
  const last = steps.pop() ?? '';
  let at = copy.Resources[resource] as Record<string, unknown>;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy as unknown as Template;
}

const CONFIG = 'DistributionConfig';

describe('Control Tower, by cfn-guard', () => {
  it('passes every rule that applies, and names the rest', async () => {
    const { passed, failed, skipped } = await guard(template);
    expect([...passed].sort()).toEqual(RULES_THAT_PASS);
    expect([...failed].sort()).toEqual(GUARD_SUPPRESSIONS.map(({ rule }) => rule).sort());
    const ofOurs = skipped.filter((rule) => OF_OUR_SERVICES.test(rule));
    expect(ofOurs.sort()).toEqual(Object.keys(SKIPPED));
  });

  it.each(GUARD_SUPPRESSIONS)('$rule fails for nothing but $resources', async (one) => {
    // Buckets that log need the bucket they log to, so for this rule that one is made to log as well.
    const rest =
      one.rule === 's3_bucket_logging_enabled_check'
        ? one.resources.reduce(
            (so, name) => planted(name, 'LoggingConfiguration', {}, so),
            template,
          )
        : without(template, one.resources);
    const { failed } = await guard(rest, [one.rule.replace(/_.*/, '')]);
    expect(failed).not.toContain(one.rule);
  });

  it.each<[string, string, string, string, Value | undefined]>([
    [
      's3_bucket_level_public_access_prohibited_check',
      's3',
      'PrimaryBucket',
      'PublicAccessBlockConfiguration.BlockPublicPolicy',
      false,
    ],
    [
      's3_bucket_versioning_enabled_check',
      's3',
      'ReplicaBucket',
      'VersioningConfiguration',
      undefined,
    ],
    ['s3_bucket_acl_prohibited_check', 's3', 'PrimaryBucket', 'AccessControl', 'PublicRead'],
    [
      's3_bucket_policy_ssl_requests_only_check',
      's3',
      'ReplicaLogsPolicy',
      'PolicyDocument.Statement',
      [],
    ],
    [
      'cloudfront_security_policy_check',
      'cloudfront',
      'Distribution',
      `${CONFIG}.ViewerCertificate.MinimumProtocolVersion`,
      'TLSv1',
    ],
    [
      'cloudfront_origin_failover_enabled_check',
      'cloudfront',
      'Distribution',
      `${CONFIG}.OriginGroups`,
      undefined,
    ],
    [
      'cloudfront_origin_access_control_enabled_check',
      'cloudfront',
      'Distribution',
      `${CONFIG}.Origins.0.OriginAccessControlId`,
      undefined,
    ],
    [
      'cloudfront_viewer_policy_https_check',
      'cloudfront',
      'Distribution',
      `${CONFIG}.DefaultCacheBehavior.ViewerProtocolPolicy`,
      'allow-all',
    ],
    [
      'kms_key_rotation_enabled_check',
      'keymanagementservice',
      'ReplicaKey',
      'EnableKeyRotation',
      false,
    ],
    ['cloudwatch_alarm_action_check', 'cloudwatch', 'BlockedAlarm', 'AlarmActions', undefined],
  ])('%s catches it when planted', async (rule, directory, resource, path, value) => {
    const { failed } = await guard(planted(resource, path, value), [directory]);
    expect(failed).toContain(rule);
  });
});

describe('AwsSolutions, by cdk-nag', () => {
  const known = NAG_SUPPRESSIONS.flatMap(({ rule, resources }) =>
    resources.map((resource) => `${rule} ${resource}`),
  );
  const findings = (of: Template) => nag(of).map(({ rule, resource }) => `${rule} ${resource}`);

  it('finds what has a reason, and nothing else', () => {
    expect(findings(template).sort()).toEqual(known.sort());
  });

  it.each<[string, string, string, Value | undefined]>([
    ['AwsSolutions-S2', 'PrimaryBucket', 'PublicAccessBlockConfiguration.BlockPublicPolicy', false],
    ['AwsSolutions-S10', 'PrimaryBucketPolicy', 'PolicyDocument.Statement.0.Effect', 'Allow'],
    [
      'AwsSolutions-CFR4',
      'Distribution',
      `${CONFIG}.ViewerCertificate.MinimumProtocolVersion`,
      'TLSv1',
    ],
    ['AwsSolutions-CFR2', 'Distribution', `${CONFIG}.WebACLId`, undefined],
    // An origin access identity: what OAC has replaced.
    ['AwsSolutions-CFR7', 'Distribution', `${CONFIG}.Origins.0.OriginAccessControlId`, undefined],
    [
      'AwsSolutions-IAM5[Resource::*]',
      'PublisherRights',
      'PolicyDocument.Statement.1.Resource',
      '*',
    ],
  ])('%s is noticed when planted', (rule, resource, path, value) => {
    expect(findings(planted(resource, path, value))).toContain(`${rule} ${resource}`);
  });
});

describe('names and types of properties', () => {
  it('are those of AWS', () => {
    expect(propertyProblems(template)).toEqual([]);
    expect(attributeProblems(template)).toEqual([]);
    const address = { 'Fn::GetAtt': ['Distribution', 'Domain'] };
    expect(attributeProblems(planted('AddressIpv4', 'Name', address))).toEqual([
      'Distribution has no attribute Domain',
    ]);
  });

  it.each<[string, string, string, Value | undefined]>([
    [
      'PrimaryBucket.VersionningConfiguration is no property',
      'PrimaryBucket',
      'VersionningConfiguration',
      {},
    ],
    [
      'Distribution.DistributionConfig.Enabled has to be of type boolean',
      'Distribution',
      `${CONFIG}.Enabled`,
      'yes',
    ],
    [
      'Distribution.DistributionConfig.DefaultCacheBehavior.TargetOriginId is required',
      'Distribution',
      `${CONFIG}.DefaultCacheBehavior.TargetOriginId`,
      undefined,
    ],
    [
      'Distribution.DistributionConfig.CacheBehaviors[0].PathPatern is no property',
      'Distribution',
      `${CONFIG}.CacheBehaviors.0.PathPatern`,
      '*',
    ],
    ['WebAcl.Rules has to be a list', 'WebAcl', 'Rules', 'none'],
  ])('%s', (problem, resource, path, value) => {
    expect(propertyProblems(planted(resource, path, value))).toContain(problem);
  });
});
