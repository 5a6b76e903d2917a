import { gauge, type RuleTest, type Series } from './rule-test.ts';

const DAY = 86_400;
const EDGE = [{ service: 'edge' }];
/** promtool's clock starts at 0: the end of a certificate is the time left at the start. */
const ends = (seconds: number, minutes = 60): Series => ({
  'probe_ssl_earliest_cert_expiry{job="probe",instance="https://edge:8443/healthz",service="edge"}':
    gauge([[seconds, minutes]]),
});
/** Renewed after so many minutes. */
const renewed = (seconds: number, after: number): Series => ({
  'probe_ssl_earliest_cert_expiry{job="probe",instance="https://edge:8443/healthz",service="edge"}':
    gauge([
      [seconds, after],
      [90 * DAY, 60],
    ]),
});

const within = (alert: string, seconds: number): RuleTest => ({
  alert,
  fires: { series: ends(seconds), at: 2.5, with: EDGE },
  below: [
    { when: 'a little before', series: ends(seconds + 3600), at: 50 },
    { when: 'before two minutes are over', series: ends(seconds), at: 1.5 },
  ],
  resolves: { series: renewed(seconds, 15), at: 14, with: EDGE, quietAt: 15.5 },
});

export const CERTIFICATE_TESTS: readonly RuleTest[] = [
  within('CertificateExpiresIn3Days', 3 * DAY),
  within('CertificateExpiresIn14Days', 14 * DAY),
  within('CertificateExpiresIn30Days', 30 * DAY),
  within('CertificateNotRenewed', 3600),
];
