import type { Metric } from '../model.ts';
import { RECORDINGS } from '../recordings.ts';
import { BACKUP_METRICS } from './backup.ts';
import { COMPONENT_METRICS } from './components.ts';
import { INSTALLER_METRICS } from './installer.ts';
import { MIRROR_METRICS } from './mirror.ts';
import { NODE_METRICS } from './node.ts';
import { POSTGRES_METRICS } from './postgres.ts';
import { SERVICE_METRICS } from './services.ts';

const RECORDED: readonly Metric[] = RECORDINGS.flatMap(({ rules }) => rules).map(
  ({ record, help, leaves = [] }) => ({
    name: record,
    type: 'gauge',
    source: 'rules',
    labels: leaves,
    help,
  }),
);
const OF_ALERTS: readonly Metric[] = [
  {
    name: 'ALERTS',
    type: 'gauge',
    source: 'rules',
    labels: ['alertname', 'alertstate', 'severity', 'area', 'service'],
    help: 'alerts that are pending or firing',
    always: false,
  },
];

/** Every metric a rule or a panel may name. */
export const METRICS: readonly Metric[] = [
  ...SERVICE_METRICS,
  ...COMPONENT_METRICS,
  ...POSTGRES_METRICS,
  ...NODE_METRICS,
  ...BACKUP_METRICS,
  ...MIRROR_METRICS,
  ...INSTALLER_METRICS,
  ...RECORDED,
  ...OF_ALERTS,
];
