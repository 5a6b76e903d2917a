import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { InstalledWorld, ASK, SURE, YES } from '../../../test/fakes/installed-world.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { TextPrompt } from '../ports/prompter.ts';

let world: InstalledWorld;

beforeEach(async () => {
  world = await InstalledWorld.make();
});

describe('consent to destroy data', () => {
  const untouched = (): void => {
    expect(world.engine.calls).toEqual([]);
    expect(world.engine.volumes.size).toBe(5);
    expect(world.text('factsway.yaml')).toBeDefined();
  };

  it.each([
    ['--yes', { consent: YES }],
    ['--confirm', { confirmed: 'server1', consent: ASK }],
    ['nothing', { consent: ASK }],
  ])('is not given by %s alone where nobody can be asked', async (_, given) => {
    const error = await rejectionOf(world.uninstall({ purge: true, ...given }));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-CONFIRMED', 2]);
    expect(error.hint).toContain('--purge --yes --confirm server1');
    untouched();
  });

  it('is not given for another host', async () => {
    const error = await rejectionOf(world.uninstall({ ...SURE, confirmed: 'server2' }));
    expect(error.code).toBe('FW-NOT-CONFIRMED');
    expect(error.message).toContain('server2');
    untouched();
  });

  it('is given by typing the host name, also where --yes was given', async () => {
    const prompts: TextPrompt[] = [];
    for (const consent of [ASK, YES]) {
      world = await InstalledWorld.make();
      world.asked({
        text: async (prompt) => {
          prompts.push(prompt);
          return 'server1';
        },
      });
      await world.uninstall({ purge: true, consent });
      expect(world.left()).toEqual([]);
    }
    expect(prompts).toHaveLength(2);
    expect(prompts[0]?.check('yes')).toBe('This is the instance of server1');
    expect(prompts[0]?.check(' server1 ')).toBeUndefined();
  });

  it('is asked for like every other where the name was given beforehand', async () => {
    const confirm = async () => false;
    world.asked({ confirm });
    const error = await rejectionOf(
      world.uninstall({ purge: true, confirmed: 'server1', consent: ASK }),
    );
    expect(error.code).toBe('FW-CANCELLED');
    untouched();
  });

  it('is for the plan that was shown: another one is refused', async () => {
    world.asked({
      text: async () => {
        world.put('state/edited/x/y', 'new');
        return 'server1';
      },
    });
    expect((await rejectionOf(world.uninstall({ purge: true, consent: ASK }))).code).toBe(
      'FW-STATE-CHANGED',
    );
    untouched();
  });

  it.each([
    [
      'cannot be read',
      (w: InstalledWorld) => {
        w.put('factsway.yaml', 'host: [');
      },
    ],
    ['is gone', (w: InstalledWorld) => w.ports.files.tree.delete(`${DIRECTORY}/factsway.yaml`)],
    [
      'was edited',
      (w: InstalledWorld) => {
        w.put('factsway.yaml', 'host:\n  name: server9\n');
      },
    ],
  ])('is asked by the name that was applied where factsway.yaml %s', async (_, change) => {
    world.ports.host.name = 'machine7';
    change(world);
    const error = await rejectionOf(world.uninstall({ purge: true }));
    expect(error.hint).toContain('--confirm server1');
  });

  it('is asked by the name of this machine where nothing tells another', async () => {
    world.ports.host.name = 'machine7';
    await world.uninstall();
    world.put('factsway.yaml', 'host: [');
    const error = await rejectionOf(world.uninstall({ purge: true }));
    expect(error.hint).toContain('--confirm machine7');
  });

  it('a dry run asks for nothing and touches nothing', async () => {
    const changes = world.ports.files.changes.length;
    const { plan, executed } = await world.uninstall({
      purge: true,
      consent: { yes: false, dryRun: true },
    });
    expect([executed, plan.steps.length]).toEqual([false, 4]);
    expect(world.ports.files.changes.length).toBe(changes);
    untouched();
  });
});
