import { createServer, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What happens to the first `times` answers to such a path, behind so many bytes of the body. */
export type Cut = {
  readonly path: RegExp;
  /** cut: nothing more arrives. damage: one bit is another. */
  readonly kind: 'cut' | 'damage';
  readonly afterBytes: number;
  readonly times: number;
};

export type CuttingProxy = { readonly url: string; close(): Promise<void> };

/** Between the client and a server, on a free port of this host. Passes everything on but for what it was told. */
export async function startCuttingProxy(
  target: { readonly url: string; readonly ca?: string },
  { path, kind, afterBytes, times }: Cut,
): Promise<CuttingProxy> {
  const base = new URL(target.url);
  const send = base.protocol === 'http:' ? requestHttp : requestHttps;
  let left = times;
  const server = createServer((incoming, outgoing) => {
    const options = { method: incoming.method, headers: { ...incoming.headers, host: base.host } };
    const trust = target.ca === undefined ? {} : { ca: target.ca };
    const onward = send(new URL(incoming.url ?? '/', base), { ...options, ...trust }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const isCut = left > 0 && path.test(incoming.url ?? '');
      if (!isCut) return void answer.pipe(outgoing);
      left -= 1;
      let passed = 0;
      if (kind === 'damage') answer.on('end', () => outgoing.end());
      answer.on('data', (chunk: Buffer) => {
        const at = afterBytes - passed;
        if (kind === 'damage') {
          passed += chunk.length;
          if (at >= 0 && at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 1;
          outgoing.write(chunk);
          return;
        }
        outgoing.write(chunk.subarray(0, Math.max(0, at)));
        passed += chunk.length;
        // Not before what was written is out, or nothing of it would arrive.
        if (passed >= afterBytes) setTimeout(() => outgoing.destroy(), 50);
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(base.pathname, `http://127.0.0.1:${port}`).href;
  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
