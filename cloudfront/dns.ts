import { att, ref, under, type Resource, type Resources } from './cloudformation.ts';
import { IS_PRIMARY } from './parameters.ts';

/** The zone of every distribution of CloudFront, which is of AWS itself (Route 53, AliasTarget). */
const ZONE_OF_CLOUDFRONT = 'Z2FDTNDATAQYW2';

function alias(type: 'A' | 'AAAA'): Resource {
  return {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      Name: ref('DomainName'),
      HostedZoneId: ref('HostedZoneId'),
      Type: type,
      AliasTarget: {
        DNSName: att('Distribution', 'DomainName'),
        HostedZoneId: ZONE_OF_CLOUDFRONT,
        EvaluateTargetHealth: false,
      },
    },
  };
}

/** The name and its certificate; validated by a record in the same zone, and renewed by AWS as long as that is there. */
export function names(): Resources {
  return under(IS_PRIMARY, {
    Certificate: {
      Type: 'AWS::CertificateManager::Certificate',
      Properties: {
        DomainName: ref('DomainName'),
        ValidationMethod: 'DNS',
        DomainValidationOptions: [
          { DomainName: ref('DomainName'), HostedZoneId: ref('HostedZoneId') },
        ],
      },
    },
    AddressIpv4: alias('A'),
    AddressIpv6: alias('AAAA'),
  });
}
