import { counter, gauge, target, type Quiet, type Series } from './rule-test.ts';

const HOURS = 3;
const MINUTES = HOURS * 60;
const SERVICES = ['records-service', 'facts-service', 'export-service'];
const still = (value: number): string => gauge([[value, MINUTES]], 'slo');
const requests = (service: string, status: number, text: string): Series => ({
  [`http_requests_total{${target(service)},method="GET",endpoint="/api/facts",status="${status}"}`]:
    text,
});

/** A healthy platform nobody uses. */
const asleep: Series = Object.assign(
  {
    'pg_up{job="postgres",instance="e:9187",service="postgres"}': still(1),
    'up{job="edge",instance="edge:9180",service="edge"}': still(1),
    'probe_success{job="probe",instance="https://edge:8443/healthz",service="edge"}': still(1),
    'node_timex_offset_seconds{job="node",instance="n:9100",service="node"}': still(0.0004),
  },
  ...SERVICES.map((service) => ({
    [`up{${target(service)}}`]: still(1),
    [`factsway_build_info{${target(service)},version="1.0.0"}`]: still(1),
    [`process_start_time_seconds{${target(service)}}`]: still(1),
    [`database_connection_errors_total{${target(service)}}`]: still(0),
  })),
) as Series;

const aMoment = (before: number, text: string, after: string): string =>
  `${before}x119 ${text} ${after}`;

/** The series with one scrape that failed, after half an hour: `up` and probes say so, others have no sample. */
function missed(selector: string): string {
  const says = /^(up|probe)/.test(selector);
  const level = /^(up|probe|pg_up|factsway_build_info|process_start)/.test(selector) ? 1 : 0;
  return `${level}x119 ${says ? 0 : '_'} ${level}x600`;
}

/** Nights at which nobody may be woken, and Sundays on which nobody may be told anything. */
export const QUIET_SUNDAY: readonly Quiet[] = [
  { when: 'when nobody works', series: asleep, at: MINUTES - 5 },
  {
    when: 'when the only request of the night fails',
    series: {
      ...asleep,
      ...requests('facts-service', 200, still(0)),
      ...requests('facts-service', 500, aMoment(0, '1x600', '')),
    },
    at: 33,
  },
  {
    when: 'when one of very few requests fails each hour',
    series: {
      ...asleep,
      ...requests('facts-service', 200, counter([[0.2, MINUTES]], 'slo')),
      ...requests('facts-service', 500, '0x239 1x239 2x239'),
    },
    at: 122,
  },
  {
    when: 'when one scrape of everything is missed',
    series: Object.fromEntries(
      Object.entries(asleep).map(([selector]) => [selector, missed(selector)]),
    ),
    at: 31,
  },
  {
    when: 'when one export takes twenty seconds',
    series: {
      ...asleep,
      ...requests('export-service', 201, '0x119 1x600'),
      ...Object.fromEntries(
        ['1', '10', '30', '+Inf'].map((le) => [
          `http_request_duration_seconds_bucket{${target('export-service')},method="POST",endpoint="/api/exports",le="${le}"}`,
          le === '30' || le === '+Inf' ? '0x119 1x600' : still(0),
        ]),
      ),
    },
    at: 33,
  },
];
