import type { Alert } from '../model.ts';
import { SERVICE_JOBS } from '../selectors.ts';

const FIVE_MINUTES = 300;
/** Failed requests in five minutes below which a share means nothing: one stray fault at night is 100 %. */
const FEWEST = 5;
const enough = `service:http_errors:rate5m * ${FIVE_MINUTES} >= ${FEWEST}`;

export const ERRORS: readonly Alert[] = [
  {
    name: 'HighErrorRate',
    area: 'errors',
    severity: 'critical',
    expr: `service:http_errors:ratio5m > 0.05 and ${enough}`,
    for: '5m',
    keepFiringFor: '5m',
    summary: '{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests',
    description:
      'For five minutes {{ $labels.service }} has answered {{ $value | humanizePercentage }} of its requests with an error of its own; 5 % is the limit.',
    dashboard: 'factsway-service',
    symptom: 'errors',
    needs: ['database', 'service'],
    shadow: '6m',
  },
  {
    name: 'ElevatedErrorRate',
    area: 'errors',
    severity: 'warning',
    expr: `service:http_errors:ratio5m > 0.02 and ${enough}`,
    for: '10m',
    keepFiringFor: '5m',
    summary: '{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests',
    description:
      'For ten minutes {{ $labels.service }} has answered {{ $value | humanizePercentage }} of its requests with an error of its own; 2 % is the limit.',
    dashboard: 'factsway-service',
    symptom: 'errors',
    needs: ['database', 'host', 'service'],
    shadow: '6m',
  },
  {
    name: 'DatabaseConnectionErrors',
    area: 'errors',
    severity: 'critical',
    expr: `sum by (service) (increase(database_connection_errors_total{${SERVICE_JOBS}}[5m])) >= 3`,
    for: '5m',
    keepFiringFor: '5m',
    summary: '{{ $labels.service }} cannot reach the database',
    description:
      '{{ $labels.service }} has failed to get a database connection about {{ $value | humanize }} times in five minutes, for five minutes on end.',
    dashboard: 'factsway-database',
    symptom: 'database',
    needs: ['database', 'service'],
    shadow: '6m',
  },
];
