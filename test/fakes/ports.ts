import type { Ports } from '../../installer/src/ports/ports.ts';
import type { Belongings } from '../../installer/src/ports/belongings.ts';
import type { Compose } from '../../installer/src/ports/compose.ts';
import type { Database } from '../../installer/src/ports/database.ts';
import type { Docker } from '../../installer/src/ports/docker.ts';
import type { EngineProbes } from '../../installer/src/ports/engine-probes.ts';
import type { Http } from '../../installer/src/ports/http.ts';
import type { Kustomize } from '../../installer/src/ports/kustomize.ts';
import type { Machine } from '../../installer/src/ports/machine.ts';
import type { Cdn, ObjectStore } from '../../installer/src/ports/object-store.ts';
import type { ReleaseFiles } from '../../installer/src/ports/release-files.ts';
import type { Prompter } from '../../installer/src/ports/prompter.ts';
import type { UpdateMirror } from '../../installer/src/ports/update-mirror.ts';
import type { Templates } from '../../installer/src/ports/templates.ts';
import { instancePaths } from '../../installer/src/flows/paths.ts';
import {
  serialQueue,
  type ActionContext,
} from '../../installer/src/flows/actions/action-context.ts';
import type { Desired } from '../../installer/src/planner/desired.ts';
import { DIRECTORY, TEMPLATES } from './builders.ts';
import { countingRandom, FakeHost, VirtualClock } from './host.ts';
import { MemoryFiles } from './memory-files.ts';
import { panicking } from './panic.ts';
import { recordingReporter, type RecordingReporter } from './reporter.ts';

export type FakePorts = Ports & {
  readonly files: MemoryFiles;
  readonly host: FakeHost;
  readonly clock: VirtualClock;
  readonly reporter: RecordingReporter;
};

/**
 * The package with one of the pages it copies: what happens to a file happens to each, and there are tests that kill
 * before every single change.
 */
const FEW_PAGES: Templates = {
  load: async () => {
    const isPage = (path: string): boolean => path.startsWith('config-templates/runbooks/');
    const all = Object.entries(await TEMPLATES.load());
    const [first] = all.find(([path]) => isPage(path)) ?? [];
    return Object.fromEntries(all.filter(([path]) => path === first || !isPage(path)));
  },
};

/** A quiet world: an empty disk, a clock that waits for nobody, and everything else panics. */
export function fakePorts(given: Partial<FakePorts> = {}): FakePorts {
  return {
    docker: panicking<Docker>('docker'),
    compose: panicking<Compose>('compose'),
    kustomize: panicking<Kustomize>('kustomize'),
    belongings: panicking<Belongings>('belongings'),
    database: panicking<Database>('database'),
    http: panicking<Http>('http'),
    objects: panicking<ObjectStore>('objects'),
    cdn: panicking<Cdn>('cdn'),
    callers: { caller: () => Promise.resolve({ user: 'alex', host: 'build-7' }) },
    releaseFiles: panicking<ReleaseFiles>('releaseFiles'),
    machine: panicking<Machine>('machine'),
    engineProbes: panicking<EngineProbes>('engineProbes'),
    updateMirror: panicking<UpdateMirror>('updateMirror'),
    prompter: panicking<Prompter>('prompter', { interactive: false }),
    files: new MemoryFiles(),
    host: new FakeHost(),
    clock: new VirtualClock(),
    random: countingRandom(),
    reporter: recordingReporter(),
    templates: FEW_PAGES,
    signal: new AbortController().signal,
    ...given,
  };
}

/** What a handler of an action is given. */
export function actionContext(ports: Ports, desired?: Desired, run = 'run-1'): ActionContext {
  return {
    ports,
    paths: instancePaths(DIRECTORY),
    project: 'factsway',
    ...(desired ? { desired } : {}),
    mask: (text) => text,
    serially: serialQueue(),
    run,
  };
}
