import type { Alert, MonitoringContext, Severity } from '../model.ts';

const DAY = 86_400;
const LEFT = 'probe_ssl_earliest_cert_expiry{service="edge"} - time()';
/** Whoever is told late should not read of an end in minus two hours. */
const endsOrEnded = (ends: string, ended: string): string =>
  `{{ if gt $value 0.0 }}${ends}{{ else }}${ended}{{ end }}`;
const IN_TIME = '{{ $value | humanizeDuration }}';
const SUMMARY = endsOrEnded(`The certificate ends in ${IN_TIME}`, 'The certificate has ended');

/** Certificates that end on a date somebody has to know; those of the edge's own authority live for hours. */
const dated = ({ tls }: MonitoringContext): boolean => tls === 'provided' || tls === 'acme';

function expires(days: number, severity: Severity, appliesTo: typeof dated): Alert {
  return {
    name: `CertificateExpiresIn${days}Days`,
    area: 'certificates',
    severity,
    expr: `${LEFT} < ${days * DAY}`,
    for: '2m',
    summary: SUMMARY,
    description: endsOrEnded(
      `The certificate users see ends in ${IN_TIME}. From then on every program refuses to speak to this server.`,
      'The certificate users see has ended: every program refuses to speak to this server.',
    ),
    dashboard: 'factsway-overview',
    symptom: 'certificate',
    appliesTo,
  };
}

export const CERTIFICATES: readonly Alert[] = [
  expires(3, 'critical', dated),
  expires(14, 'warning', dated),
  // A public authority's certificate is renewed by the edge with 30 days left: only one that is brought in needs a person now.
  expires(30, 'info', ({ tls }) => tls === 'provided'),
  {
    name: 'CertificateNotRenewed',
    area: 'certificates',
    severity: 'critical',
    expr: `${LEFT} < 3600`,
    for: '2m',
    summary: 'The edge has not renewed its certificate',
    description: endsOrEnded(
      `The certificate of the private authority ends in ${IN_TIME}; the edge renews it hours before. From then on every program refuses to speak to this server.`,
      'The certificate of the private authority has ended, hours after the edge should have renewed it: every program refuses to speak to this server.',
    ),
    dashboard: 'factsway-overview',
    symptom: 'certificate',
    appliesTo: ({ tls }) => tls === 'internal',
  },
];
