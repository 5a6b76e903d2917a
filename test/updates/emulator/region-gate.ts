import { createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

/** up: everything passes. overloaded: 503 as S3 says it. gone: connections are cut. */
export type RegionState = 'up' | 'overloaded' | 'gone';

export type RegionGate = {
  readonly endpoint: string;
  state: RegionState;
  /** Requests that came to this region, by what was asked. */
  readonly seen: string[];
  close(): Promise<void>;
};

const SLOW_DOWN =
  '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>';

/** S3 of one region: the test server behind a door of its own, so that one region can fail without the other. */
export async function startRegionGate(behind: string): Promise<RegionGate> {
  const base = new URL(behind);
  const server = createServer((incoming, outgoing) => {
    gate.seen.push(`${incoming.method} ${incoming.url}`);
    if (gate.state === 'gone') return void incoming.socket.destroy();
    if (gate.state === 'overloaded') {
      outgoing.writeHead(503, { 'content-type': 'application/xml' });
      return void outgoing.end(SLOW_DOWN);
    }
    const { method, headers } = incoming;
    const onward = requestHttp(
      new URL(incoming.url ?? '/', base),
      { method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    return void incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gate: RegionGate = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: 'up',
    seen: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gate;
}
