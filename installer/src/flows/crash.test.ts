import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { Crash } from '../../../test/fakes/memory-files.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import type { FileChange, Plan } from '../model/plan.ts';
import type { Desired } from '../planner/desired.ts';
import { planUp } from '../planner/plan-up.ts';
import { restoreBundle } from './actions/restore-bundle.ts';
import { desire } from './desire.ts';
import { observeWithoutDocker } from './observe.ts';
import { runPlan } from './run-plan.ts';

/**
 * "A killed installer leaves either the old state or the new one, and the next run finishes the job"
 * (spec 00): killed before every single change in turn, then run again.
 */
const wantedWith = (...sets: string[]): Promise<Desired> =>
  desire({ directory: DIRECTORY, sets: ['images.source=debian', ...sets] }, fakePorts());
const OLD = await wantedWith('edge.httpPort=80');
const NEW = await wantedWith('edge.httpPort=8080', 'host.timeZone=Asia/Tokyo');
const FILES_ONLY = { title: 'Render', overwrite: false, renderOnly: true };

/** What `render` does, with the bundle rendered beforehand. */
async function render(ports: FakePorts, wanted: Desired): Promise<Plan> {
  const look = async (): Promise<Plan> => {
    const onDisk = ports.files.text(`${DIRECTORY}/factsway.yaml`);
    const desired = { ...wanted, configUnchanged: onDisk === wanted.configText };
    return planUp(desired, await observeWithoutDocker(desired, ports), FILES_ONLY).plan;
  };
  const plan = await look();
  await runPlan(
    {
      command: 'render',
      directory: DIRECTORY,
      project: 'factsway',
      desired: wanted,
      plan,
      replan: look,
      consent: { yes: true, dryRun: false },
      confirm: false,
    },
    ports,
  );
  return plan;
}

/** The instance directory without secrets and the installer's own notes. */
const instance = ({ files }: FakePorts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files.below(DIRECTORY)).filter(([path]) => !/\/(state|secrets)\//.test(path)),
  );

/** Everything is as after an undisturbed run, and a further run has nothing to do. */
async function expectSettled(ports: FakePorts, wanted: Desired): Promise<void> {
  const files = wanted.bundle.files.map(({ path, content }) => [`${DIRECTORY}/${path}`, content]);
  expect(instance(ports)).toEqual({
    ...(Object.fromEntries(files) as Record<string, string>),
    [`${DIRECTORY}/factsway.yaml`]: wanted.configText,
  });
  expect((await render(ports, wanted)).steps).toEqual([]);
}

/** The next process: the killed one is gone. */
function restart(ports: FakePorts): void {
  ports.files.revive();
  ports.host.processes.delete(ports.host.ownPid);
  ports.host.ownPid += 1;
  ports.host.processes.set(ports.host.ownPid, `boot+${ports.host.ownPid}`);
}

type Run = (ports: FakePorts) => Promise<unknown>;

/** Kills `work` before its change 0, 1, 2, … in a new world each time, until it gets through; returns how often it died. */
async function atEveryChange(prepare: Run, work: Run, check: Run): Promise<number> {
  for (let nth = 0; ; nth += 1) {
    const ports = fakePorts();
    await prepare(ports);
    ports.files.killBefore(nth);
    const killed = await work(ports).then(
      () => false,
      (error: unknown) => {
        if (ports.files.killed) return true;
        throw error;
      },
    );
    restart(ports);
    await check(ports);
    if (!killed) return nth;
  }
}

const nothing: Run = () => Promise.resolve();
const old: Run = (ports) => render(ports, OLD);
const next: Run = (ports) => render(ports, NEW);

describe('killed before any change', () => {
  it('of a first rendering, the next run finishes the job', async () => {
    const deaths = await atEveryChange(nothing, old, async (ports) => {
      await render(ports, OLD);
      await expectSettled(ports, OLD);
    });
    // Lock, journal, four secrets, fifteen files, the manifest twice, …
    expect(deaths).toBeGreaterThan(28);
  });

  it('of a second rendering, the next run finishes the job', async () => {
    const deaths = await atEveryChange(old, next, async (ports) => {
      await render(ports, NEW);
      await expectSettled(ports, NEW);
    });
    expect(deaths).toBeGreaterThan(15);
  });

  it('of a second rendering, the way back is open as well', async () => {
    await atEveryChange(old, next, async (ports) => {
      await render(ports, OLD);
      await expectSettled(ports, OLD);
    });
  });

  it('every file is whole: the old one or the new one', async () => {
    const [before, after] = [fakePorts(), fakePorts()];
    await render(before, OLD);
    await render(after, NEW);
    const [olds, news] = [instance(before), instance(after)];
    await atEveryChange(old, next, async (ports) => {
      const found = instance(ports);
      expect(Object.keys(found)).toEqual(Object.keys(olds));
      for (const [path, content] of Object.entries(found))
        expect([olds[path], news[path]]).toContain(content);
    });
  });

  it('no secret that was made is ever made again', async () => {
    await atEveryChange(nothing, old, async (ports) => {
      const made = ports.files.below(`${DIRECTORY}/secrets`);
      await render(ports, OLD);
      const secrets = ports.files.below(`${DIRECTORY}/secrets`);
      expect(secrets).toMatchObject(made);
      expect(Object.keys(secrets)).toHaveLength(4);
    });
  });

  it('nothing is taken for an edit of somebody: no copies are kept', async () => {
    await atEveryChange(old, next, async (ports) => {
      await render(ports, NEW);
      expect(ports.files.below(`${DIRECTORY}/state/edited`)).toEqual({});
    });
  });

  it('the run that follows tells what was left unfinished', async () => {
    const undisturbed = fakePorts();
    await render(undisturbed, OLD);
    const ports = fakePorts();
    ports.files.killBefore(undisturbed.files.changes.indexOf(`write ${DIRECTORY}/compose.yaml`));
    await expect(render(ports, OLD)).rejects.toThrow(Crash);
    restart(ports);
    await render(ports, OLD);
    expect(ports.reporter.events.filter((event) => event.startsWith('note: '))).toEqual([
      `note: An earlier run, "render" of 2026-01-02T03:04:05.000Z stopped at "WriteBundle ${OLD.bundle.files.length + 1} files" without finishing; continuing from what is there.`,
    ]);
  });
});

describe('killed while the files of a failed run are put back', () => {
  let changes: readonly FileChange[] = [];
  const both: Run = async (ports) => {
    await render(ports, OLD);
    const { steps } = await render(ports, NEW);
    changes = steps.flatMap(({ action }) => (action.kind === 'WriteBundle' ? action.changes : []));
  };
  const restore: Run = (ports) =>
    restoreBundle(
      { kind: 'RestoreBundle', changes, services: [], oneShots: [] },
      actionContext(ports, NEW),
    );

  it('the run that wants the old configuration finishes the job', async () => {
    const deaths = await atEveryChange(both, restore, async (ports) => {
      await render(ports, OLD);
      await expectSettled(ports, OLD);
    });
    // The record that both contents may be found, every file, the old texts, that nothing was in effect, the old record.
    expect(deaths).toBe(changes.length + 4);
  });

  it('the run that wants the new configuration after all finishes the job', async () => {
    await atEveryChange(both, restore, async (ports) => {
      await render(ports, NEW);
      await expectSettled(ports, NEW);
    });
  });
});

describe('killed twice, on the way to two configurations', () => {
  it('the third run finishes the job: no file of ours is taken for an edit of somebody', async () => {
    const third = await wantedWith('edge.httpPort=81');
    for (let first = 0; first < 40; first += 3) {
      const before: Run = async (ports) => {
        await render(ports, OLD);
        ports.files.killBefore(first);
        await render(ports, NEW).catch((error: unknown) => {
          if (!ports.files.killed) throw error;
        });
        restart(ports);
      };
      await atEveryChange(
        before,
        (ports) => render(ports, third),
        async (ports) => {
          await render(ports, third);
          await expectSettled(ports, third);
          expect(ports.files.below(`${DIRECTORY}/state/edited`)).toEqual({});
        },
      );
    }
  }, 180_000);
});

describe('killed while edits by hand are carried over', () => {
  const CADDY = `${DIRECTORY}/config/edge/Caddyfile`;
  const [APP_A, APP_B] = [`${DIRECTORY}/compose.app-a.yaml`, `${DIRECTORY}/compose.app-b.yaml`];
  const labelled = (text = '', slot = 'a'): string =>
    text.replace(/( {4}labels:\n)/, `$1      firm.example/of: "facts-service-${slot}"\n`);
  const commented = (text = ''): string => text.replace('{\n', '{\n\t# by hand\n');
  let made: Desired | undefined;
  const edited: Run = async (ports) => {
    made ??= await desire(
      {
        directory: DIRECTORY,
        sets: ['images.source=debian', 'edge.httpPort=8080', 'edge.requestTimeoutSeconds=77'],
        slot: 'b',
      },
      fakePorts(),
    );
    await render(ports, OLD);
    ports.files.put(CADDY, commented(ports.files.text(CADDY)));
    ports.files.put(APP_A, labelled(ports.files.text(APP_A)));
  };
  const textOf = ({ bundle }: Desired, path: string): string =>
    bundle.files.find((file) => `${DIRECTORY}/${file.path}` === path)?.content ?? '';
  const other = (): Desired => {
    if (!made) throw new Error('nothing was edited yet');
    return made;
  };
  const expectThere = (ports: FakePorts): void => {
    expect(ports.files.text(CADDY)).toBe(commented(textOf(other(), CADDY)));
    expect(ports.files.text(APP_B)).toBe(labelled(textOf(other(), APP_B), 'b'));
    expect(ports.files.text(APP_A)).toBeUndefined();
  };
  const expectBack = (ports: FakePorts): void => {
    expect(ports.files.text(CADDY)).toBe(commented(textOf(OLD, CADDY)));
    expect(ports.files.text(APP_A)).toBe(labelled(textOf(OLD, APP_A)));
    expect(ports.files.text(APP_B)).toBeUndefined();
  };

  it('the next run has them in the new files, and a further one has nothing to do', async () => {
    const deaths = await atEveryChange(
      edited,
      (ports) => render(ports, other()),
      async (ports) => {
        await render(ports, other());
        expectThere(ports);
        expect((await render(ports, other())).steps).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThan(15);
  });

  it('the way back is open as well, to the byte', async () => {
    await atEveryChange(
      edited,
      (ports) => render(ports, other()),
      async (ports) => {
        await render(ports, OLD);
        expectBack(ports);
        expect((await render(ports, OLD)).steps).toEqual([]);
      },
    );
  });

  it('twice, the third run has them', async () => {
    for (let first = 8; first < 40; first += 14) {
      const before: Run = async (ports) => {
        await edited(ports);
        ports.files.killBefore(first);
        await render(ports, other()).catch((error: unknown) => {
          if (!ports.files.killed) throw error;
        });
        restart(ports);
      };
      await atEveryChange(
        before,
        (ports) => render(ports, OLD),
        async (ports) => {
          await render(ports, other());
          expectThere(ports);
        },
      );
    }
  }, 180_000);

  it('on the way back of a failed run, either configuration has them', async () => {
    let changes: readonly FileChange[] = [];
    const both: Run = async (ports) => {
      await edited(ports);
      const { steps } = await render(ports, other());
      changes = steps.flatMap(({ action }) =>
        action.kind === 'WriteBundle' ? action.changes : [],
      );
    };
    const restore: Run = (ports) =>
      restoreBundle(
        { kind: 'RestoreBundle', changes, services: [], oneShots: [] },
        actionContext(ports, other()),
      );
    await atEveryChange(both, restore, async (ports) => {
      await render(ports, OLD);
      expectBack(ports);
    });
    await atEveryChange(both, restore, async (ports) => {
      await render(ports, other());
      expectThere(ports);
    });
  });
});
