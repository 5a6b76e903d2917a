import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { servedAs } from '../../installer/src/model/updates/protocol.ts';
import { readLive } from './live.ts';

/** What the protocol knows; each begins at 0, because a counter that is first seen at 4 has not increased. */
const STATUSES = [200, 206, 304, 404, 405, 416, 429, 503];
const KINDS = ['manifest', 'installer'] as const;

export type Metrics = {
  readonly registry: Registry;
  /** Counts one request, once its answer is over. */
  observe(request: IncomingMessage, response: ServerResponse): void;
};

/** Metrics of the mirror of a directory, in a registry of their own. */
export function createMetrics(directory: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'factsway_updates_requests_total',
    help: 'Requests of desktop apps, by kind of file and status code.',
    labelNames: ['kind', 'status'],
    registers,
  });
  const bytes = new Counter({
    name: 'factsway_updates_sent_bytes_total',
    help: 'Bytes sent to desktop apps, by kind of file.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of KINDS) {
    bytes.inc({ kind }, 0);
    for (const status of STATUSES) requests.inc({ kind, status }, 0);
  }
  new Gauge({
    name: 'factsway_updates_missing_files',
    help: 'Files that a manifest names and that are not there in their size.',
    labelNames: ['manifest'],
    registers,
    // Each reads for itself: they are asked in no order that one could rely on.
    async collect() {
      const live = await readLive(directory);
      this.reset();
      for (const { manifest, missing } of live) this.set({ manifest }, missing);
    },
  });
  new Gauge({
    name: 'factsway_updates_live_info',
    help: '1 for the version that each manifest offers.',
    labelNames: ['manifest', 'version'],
    registers,
    async collect() {
      const live = await readLive(directory);
      this.reset();
      for (const { manifest, version } of live) this.set({ manifest, version }, 1);
    },
  });
  new Gauge({
    name: 'factsway_updates_changed_timestamp_seconds',
    help: 'When each manifest took its place; a fill that brings nothing new leaves it there.',
    labelNames: ['manifest'],
    registers,
    async collect() {
      const live = await readLive(directory);
      this.reset();
      for (const { manifest, changed } of live)
        if (changed !== undefined) this.set({ manifest }, changed);
    },
  });
  return {
    registry,
    observe(request, response) {
      const kind = servedAs((request.url ?? '/').split('?', 1)[0] ?? '/');
      const { socket } = request;
      const before = socket.bytesWritten;
      response.once('close', () => {
        requests.inc({ kind, status: response.statusCode });
        bytes.inc({ kind }, Math.max(0, socket.bytesWritten - before));
      });
    },
  };
}
