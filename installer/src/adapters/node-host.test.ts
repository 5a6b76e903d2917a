import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { NodeHost } from './node-host.ts';

const host = new NodeHost();

it.each([
  ['127.0.0.1', true],
  ['0.0.0.0', true],
  // RFC 5737: for documentation, of no server.
  ['192.0.2.1', false],
])('one can listen on %s: %s', async (address, expected) => {
  expect(await host.hasAddress(address)).toBe(expected);
});

it('a port is busy while somebody listens on it; one on an address of another server is not', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await host.portBusy('127.0.0.1', port)).toBe(true);
  expect(await host.portBusy('192.0.2.1', port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await host.portBusy('127.0.0.1', port)).toBe(false);
});
