import { beforeEach, describe, expect, it } from 'vitest';
import { containerOf, desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { panicking } from '../../../../test/fakes/panic.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { Docker, ExecResult } from '../../ports/docker.ts';
import { opens } from '../../checks/collectors/scram.ts';
import {
  finishRotation,
  replaceSecret,
  restoreSecret,
  setGrafanaPassword,
  setRolePassword,
  stageSecret,
} from './secret-actions.ts';

const secret = 'postgres-app-password';
const FILE = `${DIRECTORY}/secrets/${secret}`;
const NEXT = `${DIRECTORY}/secrets/.next/${secret}`;
const FORMER = `${DIRECTORY}/secrets/.former/${secret}`;

let ports: FakePorts;
let asked: { argv: readonly string[]; input: string }[];
let answer: ExecResult;

beforeEach(async () => {
  asked = [];
  answer = { exitCode: 0, stdout: '', stderr: '' };
  const desired = desiredWith();
  const postgres = desired.catalog.workloads.find(({ id }) => id === 'postgres')!;
  const running = containerOf(postgres, desired);
  const docker = panicking<Docker>('docker', {
    containers: async () => [running, { ...running, id: 'g', service: 'grafana' }],
    exec: async (_id, argv, input = '') => {
      asked.push({ argv, input });
      return answer;
    },
  });
  ports = fakePorts({ docker });
  await ports.files.write(FILE, 'old password\n', { mode: 0o440 });
});

const context = () => actionContext(ports);
const textOf = (path: string) => ports.files.readText(path);

describe('the value a secret is to have', () => {
  it('is made once: a second run goes on with that of the first', async () => {
    await stageSecret({ kind: 'StageSecret', secret }, context());
    const first = await textOf(NEXT);
    await stageSecret({ kind: 'StageSecret', secret }, context());
    expect(first).toMatch(/^\S+\n$/);
    expect(await textOf(NEXT)).toBe(first);
    expect((await ports.files.stat(NEXT))?.mode).toBe(0o600);
  });

  it('becomes the one in use with the bits of the file that was there, and the one before can come back', async () => {
    await stageSecret({ kind: 'StageSecret', secret }, context());
    await replaceSecret({ kind: 'ReplaceSecret', secret }, context());
    await replaceSecret({ kind: 'ReplaceSecret', secret }, context());
    expect(await textOf(FILE)).toBe(await textOf(NEXT));
    expect((await ports.files.stat(FILE))?.mode).toBe(0o440);
    expect(await textOf(FORMER)).toBe('old password\n');
    await restoreSecret({ kind: 'RestoreSecret', secret }, context());
    expect(await textOf(FILE)).toBe('old password\n');
  });

  it('leaves nothing beside once it is the one everywhere, and when that was', async () => {
    await stageSecret({ kind: 'StageSecret', secret }, context());
    await replaceSecret({ kind: 'ReplaceSecret', secret }, context());
    await finishRotation({ kind: 'FinishRotation', secret }, context());
    expect([await textOf(NEXT), await textOf(FORMER)]).toEqual([undefined, undefined]);
    expect(await textOf(`${DIRECTORY}/state/rotations.json`)).toContain(secret);
  });
});

describe('the password of a role', () => {
  const set = () =>
    setRolePassword(
      { kind: 'SetRolePassword', role: 'factsway_app_b', secret, value: 'former' },
      context(),
    );

  it('is told to PostgreSQL as what proves it, by standard input alone', async () => {
    await set();
    const { argv = [], input = '' } = asked[0] ?? {};
    const verifier = /PASSWORD '(SCRAM[^']+)'/.exec(input)?.[1] ?? '';
    expect(opens('old password', verifier)).toBe(true);
    expect(input).not.toContain('old password');
    expect(argv.join(' ')).not.toMatch(/old password|SCRAM/);
    expect(input).toContain(`SET log_statement = 'none'`);
  });

  it('that PostgreSQL refuses is an error without what proves it', async () => {
    await ports.files.write(NEXT, 'x\n', { mode: 0o600 });
    answer = { exitCode: 3, stdout: '', stderr: 'ERROR:  role "factsway_app_b" does not exist' };
    const error = await rejectionOf(set());
    expect([error.code, error.message]).toEqual([
      'FW-DATABASE-REFUSED',
      expect.stringContaining('does not exist'),
    ]);
  });
});

it('Grafana is told its password by standard input alone', async () => {
  const told = { kind: 'SetGrafanaPassword', service: 'grafana', value: 'former' } as const;
  await setGrafanaPassword({ ...told, secret }, context());
  expect(asked[0]?.argv).toEqual(expect.arrayContaining(['--password-from-stdin']));
  expect(asked[0]?.argv.join(' ')).not.toContain('old password');
  expect(asked[0]?.input).toBe('old password\n');
  answer = { exitCode: 1, stdout: '', stderr: '' };
  const error = await rejectionOf(setGrafanaPassword({ ...told, secret }, context()));
  expect(error.code).toBe('FW-SECRET-NOT-TAKEN');
});
