import { describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { fakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { checkBackups, drillBackup } from './look-at-backups.ts';

const CONFIG =
  'apiVersion: factsway/v2\nhost:\n  name: factsway.firm.example\nimages:\n  source: debian\nbackup:\n  mode: on\n';
const SETTINGS = {
  images: { source: 'debian' },
  host: { name: 'factsway.firm.example' },
  backup: { mode: 'on' },
};
const AWAY = {
  code: 'FW-BACKUP-UNREACHABLE',
  message: 'place s3 went away while it was read, at 17-1/00/x',
};
const DAMAGED = { code: 'FW-BACKUP-DAMAGED', path: '17-1/00/y', message: 'invalid checksum' };

/** The verdict on what the keeper says. */
async function verdict(line: object) {
  return checkBackups(DIRECTORY, keeperWhoSays(line).ports);
}

function keeperWhoSays(line: object) {
  const asked: { argv: readonly string[]; input: string | undefined }[] = [];
  const engine = FakeEngine.running(desiredWith(SETTINGS));
  const ports = fakePorts({
    compose: engine.compose,
    docker: {
      ...engine.docker,
      info: () => engine.docker.info(),
      containers: (project) => engine.docker.containers(project),
      exec: (_id, argv, input) => {
        asked.push({ argv, input });
        return Promise.resolve({ exitCode: 0, stdout: `${JSON.stringify(line)}\n`, stderr: '' });
      },
    },
  });
  ports.files.put(`${DIRECTORY}/factsway.yaml`, CONFIG);
  return { ports, asked };
}

async function errorOn(s3: readonly object[], database: readonly object[] = []) {
  const about = { files: 1, bytes: 1, seconds: 1 };
  const places = [{ name: 's3', ok: s3.length === 0, problems: s3, ...about }];
  const result = { places, database: { ok: database.length === 0, problems: database } };
  return (await verdict({ event: 'result', result })).error;
}

describe('the verdict on a check', () => {
  it('is none where all is as it was written', async () => {
    expect(await errorOn([])).toBeUndefined();
  });

  it.each([
    ['a place that went away in the middle', [AWAY], []],
    ['a log that did not arrive in time', [{ ...AWAY, code: 'FW-BACKUP-FLUSH' }], []],
    ['a database that does not answer', [], [{ ...AWAY, code: 'FW-BACKUP-DATABASE' }]],
    ['what nobody foresaw', [{ ...AWAY, code: 'FW-BACKUP-FAILED' }], []],
  ])('is that nobody could look, with %s', async (_what, s3, database) => {
    const error = await errorOn(s3, database);
    expect([error?.code, error?.details]).toEqual([
      'FW-BACKUP-UNCHECKED',
      [expect.stringContaining(AWAY.message)],
    ]);
    expect(error?.hint).toContain('factsway-install backup check');
  });

  it('is damage where some was found before the place went away, and tells both', async () => {
    const error = await errorOn([DAMAGED, AWAY]);
    expect(error?.code).toBe('FW-BACKUP-DAMAGED');
    expect(error?.details).toEqual(['s3: 17-1/00/y: invalid checksum', `s3: ${AWAY.message}`]);
  });

  it.each(['FW-BACKUP-KEY', 'FW-BACKUP-FOREIGN', 'FW-BACKUP-WAL-MISSING'])(
    'takes %s for damage: nothing can be restored from that place',
    async (code) => {
      expect((await errorOn([{ ...AWAY, code }]))?.code).toBe('FW-BACKUP-DAMAGED');
    },
  );

  it('is what the keeper says where another one is at work', async () => {
    const busy = { event: 'error', code: 'FW-BACKUP-BUSY', message: 'drill is running', hint: '-' };
    expect((await rejectionOf(verdict(busy))).code).toBe('FW-BACKUP-BUSY');
  });
});

describe('a copy of the key that is shown to a drill', () => {
  const refusal = { event: 'error', code: 'FW-BACKUP-CUSTODY', message: 'another key', hint: '-' };
  const request = { directory: DIRECTORY, place: undefined, keyFile: '/media/usb/key' };

  it('goes to the keeper by stdin and stands in no list of processes', async () => {
    const { ports, asked } = keeperWhoSays(refusal);
    ports.files.put('/media/usb/key', 'the copy\n');
    const error = await rejectionOf(drillBackup(request, ports));
    expect(error).toMatchObject({ code: 'FW-BACKUP-CUSTODY' });
    expect(asked).toEqual([
      { argv: ['factsway-backup', 'drill', '--shown-key'], input: 'the copy' },
    ]);
  });

  it('that is not there is said before anybody is asked', async () => {
    const { ports, asked } = keeperWhoSays(refusal);
    const error = await rejectionOf(drillBackup(request, ports));
    expect(error).toMatchObject({ code: 'FW-USAGE' });
    expect(asked).toEqual([]);
  });
});
