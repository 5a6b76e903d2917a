import { SLOT_B_FILE } from '../../installer/src/catalog/serving.ts';
import { apply } from '../../installer/src/flows/apply.ts';
import { desire } from '../../installer/src/flows/desire.ts';
import { otherSlot } from '../../installer/src/flows/serving-slot.ts';
import {
  uninstall,
  type UninstallRequest,
  type UninstallResult,
} from '../../installer/src/flows/uninstall.ts';
import type { Http } from '../../installer/src/ports/http.ts';
import type { Prompter } from '../../installer/src/ports/prompter.ts';
import { desiredWith, DIRECTORY } from './builders.ts';
import { FakeEngine } from './engine.ts';
import { panicking } from './panic.ts';
import { fakePorts, type FakePorts } from './ports.ts';

export const YES = { yes: true, dryRun: false };
export const ASK = { yes: false, dryRun: false };
/** All that has to be said to lose the data of the instance, whose host is server1. */
export const SURE = { purge: true, confirmed: 'server1', consent: YES };

/** An installed instance in memory, to be uninstalled. */
export class InstalledWorld {
  readonly engine = new FakeEngine(desiredWith());
  ports: FakePorts;

  private constructor() {
    const { docker, compose, belongings } = this.engine;
    const http = panicking<Http>('http', {
      // Alertmanager knows of no silence.
      request: () => Promise.resolve({ status: 200, headers: {}, body: '[]' }),
    });
    this.ports = fakePorts({ docker, compose, belongings, http });
    this.engine.leadsTo = () => (this.text(SLOT_B_FILE) === undefined ? 'a' : 'b');
    this.engine.now = () => this.ports.clock.now().toISOString();
  }

  static async make(): Promise<InstalledWorld> {
    const world = new InstalledWorld();
    await world.install();
    world.engine.calls.length = 0;
    return world;
  }

  async install(...sets: string[]): Promise<void> {
    const request = { directory: DIRECTORY, sets: ['images.source=debian', ...sets] };
    this.engine.desired = await desire(request, this.ports);
    const slot = otherSlot(this.engine.desired.catalog.context.activeSlot);
    this.engine.inOther = await desire({ ...request, slot }, this.ports);
    const options = { title: 'Install', overwrite: false, renderOnly: false };
    await apply({ ...request, command: 'install', options, consent: YES }, this.ports);
  }

  uninstall(request: Partial<UninstallRequest> = {}): Promise<UninstallResult> {
    return uninstall({ directory: DIRECTORY, purge: false, consent: YES, ...request }, this.ports);
  }

  /** What is in the instance directory, relative to it. */
  left(): string[] {
    return Object.keys(this.ports.files.below(DIRECTORY)).map((path) =>
      path.slice(DIRECTORY.length + 1),
    );
  }

  put(path: string, text: string): void {
    this.ports.files.put(`${DIRECTORY}/${path}`, text);
  }

  text(path: string): string | undefined {
    return this.ports.files.text(`${DIRECTORY}/${path}`);
  }

  /** From here on there is somebody to ask, who answers like this. */
  asked(answers: Partial<Prompter>): void {
    const prompter = panicking<Prompter>('prompter', { interactive: true, ...answers });
    this.ports = { ...this.ports, prompter };
  }

  /** The next process: the killed one is gone. */
  restart(): void {
    const { files, host } = this.ports;
    files.revive();
    host.processes.delete(host.ownPid);
    host.ownPid += 1;
    host.processes.set(host.ownPid, `boot+${host.ownPid}`);
  }
}
