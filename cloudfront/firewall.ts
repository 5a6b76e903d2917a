import {
  CACHE_CONTROL,
  ERROR_BODIES,
  INSTALLER_PREFIX,
  RETRY_AFTER_SECONDS,
  type Served,
} from '../installer/src/model/updates/protocol.ts';
import { ref, under, type Resources, type Value } from './cloudformation.ts';
import { IS_PRIMARY } from './parameters.ts';

const BODY: Record<Served, string> = { manifest: 'manifestTooMany', installer: 'installerTooMany' };

function visible(name: Value): Value {
  return { CloudWatchMetricsEnabled: true, MetricName: name, SampledRequestsEnabled: true };
}

const path = (constraint: 'STARTS_WITH' | 'ENDS_WITH', text: string): Value => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: constraint,
    SearchString: text,
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
});

/** One address may ask so often in the time that it is told to wait afterwards: whoever waits as told is let in again. */
function rate(priority: number, kind: Served, limit: string, scope: Value): Value {
  const name = `${kind}-rate`;
  return {
    Name: name,
    Priority: priority,
    Action: {
      Block: {
        CustomResponse: {
          ResponseCode: 429,
          CustomResponseBodyKey: BODY[kind],
          ResponseHeaders: [
            { Name: 'Retry-After', Value: String(RETRY_AFTER_SECONDS[kind]) },
            { Name: 'Cache-Control', Value: CACHE_CONTROL.error },
          ],
        },
      },
    },
    Statement: {
      RateBasedStatement: {
        AggregateKeyType: 'IP',
        EvaluationWindowSec: RETRY_AFTER_SECONDS[kind],
        Limit: ref(limit),
        ScopeDownStatement: scope,
      },
    },
    VisibilityConfig: visible(name),
  };
}

/** 429 is no status that CloudFront has custom error responses for, so what the firewall answers arrives as it is. */
export function firewall(): Resources {
  const bodies = [BODY.manifest, BODY.installer] as (keyof typeof ERROR_BODIES)[];
  return under(IS_PRIMARY, {
    WebAcl: {
      Type: 'AWS::WAFv2::WebACL',
      Properties: {
        Scope: 'CLOUDFRONT',
        DefaultAction: { Allow: {} },
        VisibilityConfig: visible(ref('AWS::StackName')),
        CustomResponseBodies: Object.fromEntries(
          bodies.map((key) => [
            key,
            { ContentType: 'APPLICATION_JSON', Content: JSON.stringify(ERROR_BODIES[key]) },
          ]),
        ),
        Rules: [
          rate(0, 'manifest', 'ManifestRequestLimit', path('ENDS_WITH', '.yml')),
          rate(
            1,
            'installer',
            'InstallerRequestLimit',
            path('STARTS_WITH', `/${INSTALLER_PREFIX}`),
          ),
        ],
      },
    },
  });
}
