import { beforeEach, describe, expect, it } from 'vitest';
import { FakeAlertmanager } from '../../../../test/fakes/alertmanager.ts';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { runCli } from '../run-cli.ts';

let ports: FakePorts;
let alertmanager: FakeAlertmanager;
beforeEach(() => {
  const { docker, compose } = FakeEngine.running(desiredWith());
  ports = fakePorts({ docker, compose });
  alertmanager = new FakeAlertmanager(ports.clock);
  ports = { ...ports, http: alertmanager.http };
  for (const name of ['slack', 'teams']) alertmanager.fates.set(name, 'arrives');
  const receivers = { slack: { enabled: true }, teams: { enabled: true } };
  ports.files.put(`${DIRECTORY}/factsway.yaml`, JSON.stringify({ monitoring: { receivers } }));
});

async function run(...argv: readonly string[]) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const exit = await runCli(argv, {
    version: '1.2.3',
    stdout: { write: (text) => void stdout.push(text), columns: 80 },
    stderr: { write: (text) => void stderr.push(text), columns: 80 },
    color: false,
    answerable: false,
    defaultDirectory: DIRECTORY,
    resolveDirectory: (typed) => typed,
    createPorts: async () => ports,
  });
  return { exit, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('verify --drill alert', () => {
  it('shows who took the test', async () => {
    const { exit, stdout } = await run('verify', '--drill', 'alert');
    expect(exit).toBe(0);
    expect(stdout).toBe(
      [
        '✓ pass  slack  the message was taken after 0 ms',
        '✓ pass  teams  the message was taken after 0 ms',
        '',
        'Every receiver took the test. Look whether it shows where people read.',
        '',
      ].join('\n'),
    );
  });

  it('ends with 3 where one did not, also as JSON', async () => {
    alertmanager.fates.set('teams', 'given up');
    const { exit, stdout } = await run('verify', '--drill', 'alert', '--json');
    const document = JSON.parse(stdout) as {
      errors: { code: string; message: string }[];
      result: { results: { name: string; status: string }[] };
    };
    expect([exit, document.errors[0]?.code]).toEqual([3, 'FW-ALERT-NOT-DELIVERED']);
    expect(document.errors[0]?.message).toBe(
      'The test alert did not reach 1 of 2 receivers: teams.',
    );
    expect(document.result.results.map(({ status }) => status)).toEqual(['pass', 'fail']);
  });

  it('with --dry-run names them and sends nothing', async () => {
    const { exit, stdout } = await run('verify', '--drill', 'alert', '--dry-run');
    expect([exit, stdout]).toEqual([
      0,
      'A test alert would go to: slack, teams. Nothing was sent.\n',
    ]);
    expect(alertmanager.changes).toEqual([]);
  });

  it.each([
    [['--drill', 'alrt'], 'There is no drill "alrt".'],
    [['--drill', 'alert', '--gate', 'edge'], '--drill asks no gates'],
    [['--dry-run'], '--dry-run is for --drill'],
  ])('%j is refused', async (options, said) => {
    const { exit, stderr } = await run('verify', ...options);
    expect(exit).toBe(2);
    expect(stderr).toContain(said);
    expect(alertmanager.changes).toEqual([]);
  });
});

describe('maintenance', () => {
  it('is opened, shown and ended', async () => {
    expect((await run('maintenance')).stdout).toBe('No maintenance is open: alerts are told.\n');
    const opened = await run(
      ...['maintenance', 'start', '--for', '90m', '--comment', 'new disk', '--author', 'ann'],
      '--yes',
    );
    expect([opened.exit, opened.stdout]).toEqual([
      0,
      'Silent: nobody is told of anything until 2026-01-02T04:34:05.000Z. Done earlier: factsway-install maintenance end\n',
    ]);
    expect((await run('maintenance', 'status')).stdout).toContain(
      'for another 1 h 30 min: new disk (ann)',
    );
    expect((await run('maintenance', 'end', '--yes')).stdout).toContain('Ended.');
    expect((await run('maintenance', 'end', '--yes')).stdout).toBe('No maintenance is open.\n');
  });

  it('as a dry run is a plan', async () => {
    const { stdout } = await run('maintenance', 'start', '--dry-run');
    expect(stdout).toContain('[1] OpenMaintenance for 2 h because');
    expect(alertmanager.changes).toEqual([]);
  });

  it.each([
    [['stop'], 'There is no "maintenance stop".'],
    [['start', '--for', '3d'], '--for takes between 1m and 24h, not "3d".'],
  ])('%j is refused', async (words, said) => {
    const { exit, stderr } = await run('maintenance', ...words, '--yes');
    expect([exit, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});
