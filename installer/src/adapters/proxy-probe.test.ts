import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProxyQuestion } from '../model/proxy-answer.ts';
import { NodeMachine } from './node-machine.ts';
import { probeProxy } from './proxy-probe.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Something that listens, and what it was sent. */
async function listening(answer: (socket: Socket) => void) {
  const heard: string[] = [];
  const own = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (part) => heard.push(part.toString()));
    answer(socket);
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  const { port } = own.address() as AddressInfo;
  return { heard, proxy: `http://proxy.example.com:${port}` };
}
const CONNECT = { method: 'CONNECT', target: 'acme.example.com:443' } as const;
const ask = (question: ProxyQuestion, milliseconds = 2000) =>
  probeProxy(question, '127.0.0.1', milliseconds);

describe('a proxy', () => {
  it('is asked as a client would, and its first line is read', async () => {
    const { proxy, heard } = await listening((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 407 Proxy Authentication Required\r\n'));
    });
    expect(await ask({ proxy, ...CONNECT })).toEqual({ answer: 'status', status: 407 });
    expect(await ask({ proxy, method: 'GET', target: 'factsway.invalid:443' })).toEqual({
      answer: 'status',
      status: 407,
    });
    expect(heard).toEqual([
      'CONNECT acme.example.com:443 HTTP/1.1\r\nHost: acme.example.com:443\r\n\r\n',
      'GET http://factsway.invalid/ HTTP/1.1\r\nHost: factsway.invalid\r\nConnection: close\r\n\r\n',
    ]);
  });

  it('whose first line comes in pieces is understood', async () => {
    const { proxy } = await listening((socket) => {
      socket.write('HTTP/1.');
      setTimeout(() => socket.write('0 200 OK\r\n'), 20);
    });
    expect(await ask({ proxy, ...CONNECT })).toEqual({ answer: 'status', status: 200 });
  });

  it.each([
    ['a greeting', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['TLS', (socket: Socket) => socket.write(Buffer.from([0x15, 0x03, 0x01]))],
    ['goodbye', (socket: Socket) => socket.end()],
    ['no end', (socket: Socket) => socket.write('HTTP/1.1 '.repeat(1000))],
  ])('that says %s is none', async (_, answer) => {
    const { proxy } = await listening(answer);
    expect(await ask({ proxy, ...CONNECT }, 500)).toEqual({ answer: 'foreign' });
  });

  it('that says nothing is given up on in time', async () => {
    const { proxy } = await listening(() => undefined);
    const start = performance.now();
    expect(await ask({ proxy, ...CONNECT }, 200)).toEqual({ answer: 'silent' });
    expect(performance.now() - start).toBeLessThan(1500);
  });

  it('that is not there is told as that', async () => {
    const { proxy } = await listening(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await ask({ proxy, ...CONNECT })).toEqual({
      answer: 'unreachable',
      reason: 'ECONNREFUSED',
    });
  });

  it('whose name leads nowhere is not asked', async () => {
    const machine = new NodeMachine();
    machine.resolve = async () => [];
    expect(await machine.askProxy({ proxy: 'http://proxy.invalid:3128', ...CONNECT })).toEqual({
      answer: 'unreachable',
      reason: 'its name leads nowhere',
    });
  });
});
