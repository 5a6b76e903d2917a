import type { Belongings } from './belongings.ts';
import type { Callers } from './caller.ts';
import type { Compose } from './compose.ts';
import type { Database } from './database.ts';
import type { Docker } from './docker.ts';
import type { EngineProbes } from './engine-probes.ts';
import type { Files } from './files.ts';
import type { Clock, Host, Random } from './host.ts';
import type { Http } from './http.ts';
import type { Kustomize } from './kustomize.ts';
import type { Machine } from './machine.ts';
import type { Cdn, ObjectStore } from './object-store.ts';
import type { Prompter } from './prompter.ts';
import type { ReleaseFiles } from './release-files.ts';
import type { Reporter } from './reporter.ts';
import type { Templates } from './templates.ts';
import type { UpdateMirror } from './update-mirror.ts';

/** Everything a flow may touch of the world. */
export type Ports = {
  readonly docker: Docker;
  readonly compose: Compose;
  readonly kustomize: Kustomize;
  readonly database: Database;
  readonly belongings: Belongings;
  readonly files: Files;
  readonly host: Host;
  readonly machine: Machine;
  readonly engineProbes: EngineProbes;
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly objects: ObjectStore;
  readonly cdn: Cdn;
  readonly callers: Callers;
  readonly releaseFiles: ReleaseFiles;
  readonly prompter: Prompter;
  readonly reporter: Reporter;
  readonly templates: Templates;
  readonly updateMirror: UpdateMirror;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};
