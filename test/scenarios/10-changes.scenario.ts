import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { containerId, containersOf, docker, fingerprint } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

const startedAt = async (service: string) =>
  docker(
    'inspect',
    '--format',
    '{{.Id}} {{.State.StartedAt}}',
    await containerId(SHARED.project, service),
  );

it('after an edit of factsway.yaml only what changed is recreated, and the comments stay', async () => {
  const file = SHARED.file('factsway.yaml');
  const text = (await readFile(file, 'utf8')).replace(
    'monitoring:',
    '# the partners asked for two months\nmonitoring:\n  retentionDays: 62',
  );
  await writeFile(file, text);
  const recordsService = await SHARED.serving('records-service');
  const [edge, records, prometheus] = await Promise.all(
    ['edge', recordsService, 'prometheus'].map(startedAt),
  );

  const run = await SHARED.runJson('up', '--yes');

  expect(run.errors).toEqual([]);
  expect(await startedAt('edge')).toBe(edge);
  expect(await startedAt(recordsService)).toBe(records);
  expect(await startedAt('prometheus')).not.toBe(prometheus);
  expect(await readFile(file, 'utf8')).toBe(text);
  const command = await docker(
    'inspect',
    '--format',
    '{{json .Config.Cmd}}',
    await containerId(SHARED.project, 'prometheus'),
  );
  expect(command).toContain('retention.time=62d');
});

it('services with another setting are made in the other slot and back again; the former ones stay, stopped, and nothing else is touched', async () => {
  const first = await SHARED.servingSlot();
  const others = ['edge', 'postgres', 'prometheus', 'blackbox-exporter'];
  const untouched = await Promise.all(others.map(startedAt));
  let slot = first;
  // Twice: the way back finds containers of an earlier configuration in the slot it makes.
  for (const level of ['debug', 'info']) {
    const next = await SHARED.nextSlot();
    const run = await SHARED.runJson('up', '--yes', '--set', `services.logLevel=${level}`);

    expect(run.errors).toEqual([]);
    expect([next, await SHARED.servingSlot()]).toEqual([slot === 'a' ? 'b' : 'a', next]);
    const running = await containersOf(SHARED.project, 'running');
    const ofSlot = (one: string) => running.filter((name) => name.endsWith(`-service-${one}`));
    expect([ofSlot(next).length, ofSlot(slot)]).toEqual([8, []]);
    for (const { name } of SERVICES) {
      const kept = await containerId(SHARED.project, `${name}-${slot}`);
      const policy = '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}';
      expect(await docker('inspect', '--format', policy, kept), name).toBe('exited no');
      const id = await SHARED.servingId(name);
      const environment = await docker('inspect', '--format', '{{json .Config.Env}}', id);
      expect(environment, name).toContain(`LOG_LEVEL=${level}`);
    }
    expect(await Promise.all(others.map(startedAt))).toEqual(untouched);
    expect((await SHARED.runJson('verify', '--timeout', '60')).errors).toEqual([]);
    slot = next;
  }
  const again = await SHARED.runJson('up', '--yes');
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
});

it('a changed proxy configuration is reloaded without a new container', async () => {
  const before = await fingerprint(SHARED.project);
  const run = await SHARED.runJson('up', '--yes', '--set', 'edge.maxRequestSize=1MiB');
  expect(run.errors).toEqual([]);
  expect(await fingerprint(SHARED.project)).toBe(before);
  const answer = await throughEdge(
    `${SHARED.url}/api/templates`,
    SHARED.file('state/root-ca.crt'),
    { method: 'POST', body: { name: 'x', category: 'motion', body: 'x'.repeat(2 * 1024 * 1024) } },
  );
  expect(answer.status).toBe(413);
});

it('compose.override.yaml is honoured by up and never touched', async () => {
  const override = 'services:\n  alertmanager:\n    environment: { FIRM: "Smith & Partners" }\n';
  await writeFile(SHARED.file('compose.override.yaml'), override);
  const run = await SHARED.runJson('up', '--yes');
  expect(run.errors).toEqual([]);
  expect(
    await docker(
      'inspect',
      '--format',
      '{{json .Config.Env}}',
      await containerId(SHARED.project, 'alertmanager'),
    ),
  ).toContain('FIRM=Smith');
  expect(await readFile(SHARED.file('compose.override.yaml'), 'utf8')).toBe(override);
  expect(
    ((await SHARED.runJson('up', '--yes')).result?.['plan'] as { steps: unknown[] }).steps,
  ).toEqual([]);
});

it('an edit of compose.override.yaml recreates what it touches, and no other container', async () => {
  const services = 'services:\n  prometheus:\n    environment: { FIRM: "Smith" }\n';
  await writeFile(
    SHARED.file('compose.override.yaml'),
    `${services}  alertmanager:\n    environment: { FIRM: "Smith & Partners" }\n`,
  );
  const recordsService = await SHARED.serving('records-service');
  const migrationsOf = await SHARED.serving('migrations');
  const [prometheus, alertmanager, records, migrations] = await Promise.all(
    ['prometheus', 'alertmanager', recordsService, migrationsOf].map(startedAt),
  );

  const run = await SHARED.runJson('up', '--yes');

  expect(run.errors).toEqual([]);
  expect(await startedAt('prometheus')).not.toBe(prometheus);
  expect(await startedAt('alertmanager')).toBe(alertmanager);
  expect(await startedAt(recordsService)).toBe(records);
  expect(await startedAt(migrationsOf)).toBe(migrations);
});

it('a service that only compose.override.yaml has runs after up, and goes when it is taken out', async () => {
  const image = await docker(
    'inspect',
    '--format',
    '{{.Config.Image}}',
    await containerId(SHARED.project, 'edge'),
  );
  const file = SHARED.file('compose.override.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    `${text}  mailer:\n    image: ${image}\n    entrypoint: [sleep, "3600"]\n    stop_grace_period: 1s\n    networks: [edge]\n`,
  );
  expect((await SHARED.runJson('up', '--yes')).errors).toEqual([]);
  expect(await containersOf(SHARED.project, 'running')).toContain('mailer');
  expect((await SHARED.run('status')).stdout).toContain('mailer (yours)');

  await writeFile(file, text);
  expect((await SHARED.runJson('up', '--yes')).errors).toEqual([]);
  expect(await containersOf(SHARED.project)).not.toContain('mailer');
  expect((await SHARED.runJson('diff')).errors).toEqual([]);
});

it('down stops everything and keeps the data, up brings it back', async () => {
  const ca = SHARED.file('state/root-ca.crt');
  const certificate = await readFile(ca, 'utf8');
  const created = await throughEdge(`${SHARED.url}/api/templates`, ca, {
    method: 'POST',
    body: { name: 'Survivor', category: 'motion', body: 'text' },
  });
  expect(created.status).toBe(201);
  const down = await SHARED.runJson('down', '--yes');
  expect(down.errors).toEqual([]);
  expect(
    await docker(
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `label=com.docker.compose.project=${SHARED.project}`,
    ),
  ).toBe('');
  const up = await SHARED.runJson('up', '--yes');
  expect(up.errors).toEqual([]);
  expect(await readFile(ca, 'utf8')).toBe(certificate);
  const { id } = JSON.parse(created.body) as { id: string };
  expect((await throughEdge(`${SHARED.url}/api/templates/${id}`, ca)).body).toContain('Survivor');
});
