import type { Alert } from '../model.ts';

const WEEK = 7 * 86_400;
const FINISHED = 'factsway_upgrade_last_finished_timestamp_seconds';

export const UPDATES: readonly Alert[] = [
  {
    name: 'UpgradeFailed',
    area: 'updates',
    severity: 'warning',
    // Whatever came after it and went well was done by somebody who knew. After a week it is known, or given up.
    expr: `factsway_upgrade_last_success == 0 and on (kind) topk(1, ${FINISHED}) > time() - ${WEEK}`,
    summary: 'The {{ $labels.kind }} {{ $labels.from }} → {{ $labels.to }} did not succeed',
    description:
      'The last {{ $labels.kind }} (release {{ $labels.from }} → {{ $labels.to }}) was undone or failed, and nothing has succeeded since. Services are in slot {{ $labels.slot }}.',
    dashboard: 'factsway-updates',
    // The node exporter tells it, from a file of the installer.
    appliesTo: ({ host }) => host,
  },
];
