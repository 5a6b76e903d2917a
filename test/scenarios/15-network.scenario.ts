import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { docker, fingerprint, networksOf } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

const SUBNET = '10.199.77.0/24';

async function subnets(): Promise<string[]> {
  const names = await networksOf(SHARED.project);
  const format = '{{.Name}} {{range .IPAM.Config}}{{.Subnet}}{{end}}';
  const lines = await docker('network', 'inspect', '--format', format, ...names);
  return lines.replaceAll(`${SHARED.project}_`, '').split('\n').sort();
}

it('a range of addresses given to a running platform is what its networks have, and no data is lost', async () => {
  const ca = SHARED.file('state/root-ca.crt');
  const created = await throughEdge(`${SHARED.url}/api/templates`, ca, {
    method: 'POST',
    body: { name: 'Moved', category: 'motion', body: 'text' },
  });
  const { id } = JSON.parse(created.body) as { id: string };

  const run = await SHARED.runJson('up', '--yes', '--set', `network.subnet=${SUBNET}`);

  expect(run.errors).toEqual([]);
  expect(await subnets()).toEqual([
    'app-a 10.199.77.32/27',
    'app-b 10.199.77.64/27',
    'data 10.199.77.96/27',
    'edge 10.199.77.0/27',
    'egress 10.199.77.160/27',
    'monitoring 10.199.77.128/27',
  ]);
  expect((await throughEdge(`${SHARED.url}/api/templates/${id}`, ca)).body).toContain('Moved');
  expect((await SHARED.runJson('verify')).errors).toEqual([]);
  const again = await SHARED.runJson('up', '--yes');
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
});

it('a run that did not get to record the range of the networks stops nothing the next time', async () => {
  const record = SHARED.file('state/applied.json');
  const { networks, ...rest } = JSON.parse(await readFile(record, 'utf8')) as Record<
    string,
    string
  >;
  expect(networks).toBe(SUBNET);
  await writeFile(record, JSON.stringify(rest));
  const before = await fingerprint(SHARED.project);
  expect((await SHARED.runJson('up', '--yes')).errors).toEqual([]);
  expect(await fingerprint(SHARED.project)).toBe(before);
});

it('a range that another network has ends with the platform running as before', async () => {
  const [before, taken] = [await subnets(), '10.199.78.0/24'];
  await docker('network', 'create', '--subnet', taken, `${SHARED.project}-other`);
  try {
    const run = await SHARED.runJson('up', '--yes', '--set', `network.subnet=${taken}`);
    expect(await subnets()).toEqual(before);
    expect(run.errors[0]?.code).toBe('FW-NETWORK-CREATE');
    expect(run.errors[0]?.hint).toContain('network.subnet');
    expect(run.exitCode).toBe(5);
    expect((await SHARED.runJson('status')).exitCode).toBe(0);
  } finally {
    await docker('network', 'rm', `${SHARED.project}-other`);
  }
});
