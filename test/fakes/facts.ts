import type { Facts } from '../../installer/src/flows/wizard/facts.ts';
import { GiB } from '../../installer/src/model/units.ts';

/** An ordinary server on which nothing was built and nothing else runs. */
export function factsWith(facts: Partial<Facts> = {}): Facts {
  return {
    directory: '/opt/factsway',
    hostName: 'server1.example.com',
    timeZone: 'Europe/Berlin',
    memoryBytes: 16 * GiB,
    cores: 4,
    engine: { answers: true, version: '28.0.4', compose: '2.40.0' },
    built: { found: 0, of: 16 },
    proxy: undefined,
    busyPorts: new Set(),
    ownPorts: new Set(),
    ...facts,
  };
}
