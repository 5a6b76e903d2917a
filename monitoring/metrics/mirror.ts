import type { Metric } from '../model.ts';
import { from, LATER, type Row } from './table.ts';

/** kind: manifest or installer. */
const MIRROR: readonly Row[] = [
  ['requests_total', 'counter', 'requests of desktop apps that were answered', ['kind', 'status']],
  ['sent_bytes_total', 'counter', 'bytes sent to desktop apps', ['kind']],
  // A mirror that was never filled has none of these.
  [
    'live_info',
    'info',
    'the version each manifest offers; “unreadable” where it is damaged',
    ['manifest', 'version'],
    LATER,
  ],
  [
    'missing_files',
    'gauge',
    'files a manifest names that are not there in their size',
    ['manifest'],
    LATER,
  ],
  [
    'changed_timestamp_seconds',
    'gauge',
    'when a manifest was last replaced; a fill that brings nothing new leaves it',
    ['manifest'],
    LATER,
  ],
];

/** What the mirror of desktop updates exposes, where there is one. */
export const MIRROR_METRICS: readonly Metric[] = MIRROR.map(([name, ...rest]): Row => [
  `factsway_updates_${name}`,
  ...rest,
]).map(from('updates'));
