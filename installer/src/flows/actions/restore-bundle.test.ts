import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { CLOSED_FILE } from '../../catalog/serving.ts';
import type { FileChange } from '../../model/plan.ts';
import type { Desired } from '../../planner/desired.ts';
import { writeBundle } from './bundle-actions.ts';
import { restoreBundle } from './restore-bundle.ts';

const desired = desiredWith();
let ports: FakePorts;
beforeEach(async () => {
  ports = fakePorts();
  await ports.files.makeDirectory(`${DIRECTORY}/secrets`, 0o700);
  for (const { name } of desired.bundle.secrets)
    ports.files.put(`${DIRECTORY}/secrets/${name}`, 'made before\n', 0o600);
});

const write = (changes: readonly FileChange[], wanted = desired, run = 'run-1'): Promise<void> =>
  writeBundle({ kind: 'WriteBundle', changes }, actionContext(ports, wanted, run));
const ALL: FileChange[] = desired.bundle.files.map(({ path }) => ({ path, change: 'create' }));
const update = (path: string): FileChange[] => [{ path, change: 'update' }];

describe('the way back of a change behind the maintenance page', () => {
  it('ends with the page taken away, and keeps what was saved in factsway.yaml meanwhile', async () => {
    await write(ALL);
    const changes: FileChange[] = [{ path: 'factsway.yaml', change: 'update' }];
    ports.files.put(`${DIRECTORY}/factsway.yaml`, 'before\n');
    await write(changes, { ...desired, configText: 'ours\n' }, 'run-2');
    ports.files.put(`${DIRECTORY}/factsway.yaml`, 'saved by somebody\n');
    const page = `${DIRECTORY}/${CLOSED_FILE}`;
    ports.files.put(page, '');
    const action = { kind: 'RestoreBundle', changes, services: [], oneShots: [] } as const;
    const context = actionContext(ports, { ...desired, configText: 'ours\n' }, 'run-2');
    await restoreBundle(action, context);
    expect(ports.files.text(page)).toBe('');
    expect(ports.files.text(`${DIRECTORY}/factsway.yaml`)).toBe('before\n');
    expect(ports.files.text(`${DIRECTORY}/state/edited/run-2/factsway.yaml`)).toBe(
      'saved by somebody\n',
    );
    await restoreBundle({ ...action, opens: true }, context);
    expect(ports.files.text(page)).toBeUndefined();
  });
});

describe('copies', () => {
  const limited = (mode: number): Desired => ({
    ...desired,
    bundle: {
      ...desired.bundle,
      files: desired.bundle.files.map((file) =>
        file.path === 'compose.yaml' ? { ...file, mode, content: `# ${mode}\n` } : file,
      ),
    },
  });
  const modeOf = (path: string) => ports.files.tree.get(`${DIRECTORY}/${path}`)?.mode;

  it('are read by nobody who may not read the file, and what comes back is read by as many as before', async () => {
    await write(ALL, limited(0o600));
    expect(modeOf('state/rendered.json')).toBe(0o600);
    await write(update('compose.yaml'), limited(0o640), 'run-2');
    expect(modeOf('state/previous/compose.yaml')).toBe(0o640);
    expect(modeOf('state/previous/rendered.json')).toBe(0o640);
    await restoreBundle(
      { kind: 'RestoreBundle', changes: update('compose.yaml'), services: [], oneShots: [] },
      actionContext(ports, limited(0o640)),
    );
    expect(modeOf('compose.yaml')).toBe(0o640);
    await write(update('compose.yaml'), desired, 'run-3');
    expect(modeOf('state/rendered.json')).toBe(0o644);
  });
});
