import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { INSTANCE_MARK } from './instance-mark.ts';
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

it('what was started for an instance is found as long as it works, its children too', async () => {
  const directory = `/nowhere/${process.pid}`;
  const child = spawn('sh', ['-c', 'sleep 60 & echo; wait'], {
    env: { PATH: process.env['PATH'], [INSTANCE_MARK]: directory },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  // The shell's child is there at once, and what it is started with a moment later.
  await expect.poll(() => host.workersOf(directory)).toHaveLength(2);
  expect(await host.workersOf(directory)).toContain(child.pid);
  expect(await host.workersOf(directory.slice(0, -1))).toEqual([]);
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => host.workersOf(directory)).toEqual([]);
});

it('a process that has ended is gone, also while its parent takes no notice', async () => {
  // The shell becomes a program that never asks after the child it inherits.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  expect(await host.processStart(pid)).toBeUndefined();
  expect(await host.processStart(process.pid)).toMatch(/^\d+$/);
  parent.kill('SIGKILL');
});
