import { dirname, isAbsolute, join, normalize } from 'node:path';
import { exportKubernetes as render } from '../../../k8s/export-kubernetes.ts';
import { hostNames } from '../../../k8s/environment.ts';
import type { Row } from '../../../k8s/proof/compare.ts';
import type { Loss } from '../../../k8s/override/carry-over.ts';
import type { InstanceConfig } from '../model/config.ts';
import {
  EMPTY_MANIFEST,
  knownPaths,
  withPending,
  type BundleFile,
  type Manifest,
} from '../model/bundle.ts';
import { FactswayError } from '../model/errors.ts';
import { HOST_NAME } from '../model/host-name.ts';
import type { FileChange } from '../model/plan.ts';
import { shellWord } from '../model/shell.ts';
import { planTree } from '../planner/plan-tree.ts';
import type { Ports } from '../ports/ports.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import { proveExport } from './prove-export.ts';
import { readGiven } from './given.ts';
import { instancePaths } from './paths.ts';
import { readJson } from './read-json.ts';
import { requireConfig } from './resolve-config.ts';

export { reportJson, reportText } from '../../../k8s/proof/report.ts';

/** What an export wrote, beside what it wrote: so that the next one knows whose a file is. */
export const EXPORT_MANIFEST = '.factsway-export.json';

export type ExportRequest = {
  readonly directory: string;
  /** Absolute. */
  readonly out: string;
  readonly dryRun: boolean;
  /** Replace files that were edited by hand. */
  readonly overwrite: boolean;
  /** Compare with Compose, fact by fact. */
  readonly report: boolean;
};

export type ExportResult = {
  readonly out: string;
  readonly executed: boolean;
  readonly changes: readonly FileChange[];
  /** Paths in compose.override.yaml that are in the export, and those that are not. */
  readonly carried: readonly string[];
  readonly lost: readonly Loss[];
  readonly warnings: readonly string[];
  /** Where it was asked for: every fact of both sides. */
  readonly rows?: readonly Row[];
};

type Needed = Pick<Ports, 'compose' | 'files' | 'kustomize' | 'templates' | 'reporter'>;

/**
 * Writes the Kubernetes manifests of an instance into a directory of their own (spec 06). Files a person edited there
 * are refused or, with `overwrite`, replaced; files of others are left alone. Throws FW-NO-INSTANCE, FW-EXPORT-FOREIGN
 * and FW-DRIFT; with `report` what the programs it asks throw. Killed half way, the next run goes on.
 */
export async function exportKubernetes(
  { directory, out, dryRun, overwrite, report }: ExportRequest,
  ports: Needed,
): Promise<ExportResult> {
  const { files, templates, reporter } = ports;
  const config = await requireConfig(directory, files);
  refusePlace(out, directory);
  refuseAddresses(config);
  refuseSharedDatabase(config);
  const override = await files.readText(instancePaths(directory).file(OVERRIDE_FILE));
  const given = {
    ...(await readGiven(config, directory, files)),
    // Which files the secrets of this host are is nothing to a cluster.
    alertSecretFiles: {},
    ...(override === undefined ? {} : { override }),
  };
  const engine = new TemplateEngine(await templates.load());
  const rendered = render(config, engine, given);
  for (const note of rendered.notes) reporter.note(note);
  if (config.images.source === 'debian')
    reporter.note(
      'Images are those of images.registry: no cluster can fetch what was built on this host.',
    );
  const manifestPath = join(out, EXPORT_MANIFEST);
  const known = await readJson<Manifest>(manifestPath, files);
  const manifest = withoutStrays(known ?? EMPTY_MANIFEST);
  const paths = [...new Set([...rendered.files.map(({ path }) => path), ...knownPaths(manifest)])];
  const links = await linksAmong(paths, out, files);
  if (links.length > 0) throw refusal(known !== undefined, out, links);
  const digests = await digestsOf(paths, out, files);
  const { changes: texts, conflicts } = planTree(rendered.files, manifest, digests, overwrite);
  if (conflicts.length > 0) throw refusal(known !== undefined, out, conflicts);
  const changes = [...texts, ...(await lostModes(rendered.files, texts, out, files))];
  const exported = { config, given, engine, files: rendered.files };
  const scratch = join(instancePaths(directory).state, 'proof');
  const rows = report ? await proveExport(exported, scratch, ports) : undefined;
  if (!dryRun)
    await inPlace(() => write(rendered.files, changes, { out, manifest, manifestPath }, files));
  const { carried, lost } = rendered;
  return {
    out,
    executed: !dryRun,
    changes,
    carried,
    lost,
    warnings: rendered.warnings,
    ...(rows === undefined ? {} : { rows }),
  };
}

/** Of an instance itself: a later rendering and an uninstallation would take what lies there for theirs. */
function refusePlace(out: string, directory: string): void {
  const { config, secrets, state, releases, file } = instancePaths(directory);
  const own = [secrets, state, releases, file('config')];
  const isInside = own.some((one) => out === one || out.startsWith(`${one}/`));
  if (out !== dirname(config) && !isInside) return;
  throw new FactswayError(
    'FW-USAGE',
    `${out} belongs to the installation in ${directory}.`,
    'Name a directory of its own: factsway-install export k8s --out DIR',
  );
}

/** What a tree brings along from somebody else must not lead out of it. */
function withoutStrays({ files, pending }: Partial<Manifest>): Manifest {
  const isInside = ([path]: [string, unknown]): boolean =>
    path !== '' && !path.includes('\0') && !isAbsolute(path) && !normalize(path).startsWith('..');
  return {
    version: 1,
    files: Object.fromEntries(Object.entries(files ?? {}).filter(isInside)),
    ...(pending ? { pending: Object.fromEntries(Object.entries(pending).filter(isInside)) } : {}),
  };
}

function refuseAddresses(config: InstanceConfig): void {
  const { production, staging } = hostNames(config);
  const address = [production, staging].find(
    (name) => !HOST_NAME.test(name) || /(^|\.)\d+$/.test(name),
  );
  if (address !== undefined)
    throw new FactswayError(
      'FW-EXPORT-HOST',
      `${address} is no name that a cluster could tell requests apart by.`,
      'Name it: factsway-install render --set kubernetes.host=factsway.example.com   (host.name of this server stays)',
    );
  if (production === staging)
    throw new FactswayError(
      'FW-EXPORT-STAGING',
      `Staging and production would both be reached as ${production}.`,
      'Leave kubernetes.stagingHost out, or give it a name of its own.',
    );
}

/**
 * Whoever is told to begin with staging must not begin with the data of clients. Another host is not enough: two names
 * may be one server.
 */
function refuseSharedDatabase({ postgres, kubernetes }: InstanceConfig): void {
  const { database } = kubernetes.stagingDatabase;
  const isShared =
    postgres.mode === 'external' && (database === undefined || database === postgres.database);
  if (!isShared) return;
  throw new FactswayError(
    'FW-EXPORT-STAGING',
    `With postgres.mode external, the database of staging would be called ${postgres.database}, as that of production is; two names of a server may lead to the same one.`,
    'Give staging a database of its own: factsway-install render --set kubernetes.stagingDatabase.database=factsway_staging',
  );
}

async function digestsOf(
  paths: readonly string[],
  out: string,
  files: Ports['files'],
): Promise<Record<string, string>> {
  const found = await Promise.all(
    paths.map(async (path) => [path, await files.readText(join(out, path))] as const),
  );
  return Object.fromEntries(
    found.flatMap(([path, text]) => (text === undefined ? [] : [[path, sha256(text)] as const])),
  );
}

/** Directories of ours that are links, or files: what is written below them would be somewhere else. */
async function linksAmong(
  paths: readonly string[],
  out: string,
  files: Ports['files'],
): Promise<string[]> {
  const found = new Map((await files.walk(out)).map(({ path, kind }) => [path, kind]));
  const above = paths.flatMap((path) =>
    path
      .split('/')
      .flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join('/')])),
  );
  return [...new Set(above)].filter((path) => found.get(path) === 'file');
}

/** What has to run, and does not any more. */
async function lostModes(
  wanted: readonly BundleFile[],
  changes: readonly FileChange[],
  out: string,
  files: Ports['files'],
): Promise<FileChange[]> {
  const programs = wanted.filter(
    ({ path, mode }) => (mode & 0o111) !== 0 && !changes.some((change) => change.path === path),
  );
  const found = await Promise.all(
    programs.map(async ({ path, mode }) => {
      const status = await files.stat(join(out, path));
      return status && (status.mode & 0o111 & mode) === 0 ? [path] : [];
    }),
  );
  return found.flat().map((path) => ({ path, change: 'permissions' }));
}

type Place = { readonly out: string; readonly manifest: Manifest; readonly manifestPath: string };

/** What is about to be written goes on record first: after a kill half way either content is known as ours. */
async function write(
  wanted: readonly BundleFile[],
  changes: readonly FileChange[],
  { out, manifest, manifestPath }: Place,
  files: Ports['files'],
): Promise<void> {
  const digests = Object.fromEntries(wanted.map(({ path, content }) => [path, sha256(content)]));
  const record = (next: Manifest): Promise<void> =>
    files.write(manifestPath, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o644 });
  if (changes.length > 0) await record(withPending(manifest, digests));
  const contents = new Map(wanted.map((file) => [file.path, file]));
  for (const { path, change } of changes) {
    const file = contents.get(path);
    if (change === 'delete' || !file) await files.remove(join(out, path));
    else if (change === 'permissions') await files.setMode(join(out, path), file.mode);
    else await files.write(join(out, path), file.content, { mode: file.mode });
  }
  const isSame = JSON.stringify(manifest) === JSON.stringify({ version: 1, files: digests });
  if (!isSame) await record({ version: 1, files: digests });
}

/** Not where the instance is: that one may be written. */
async function inPlace(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FactswayError) || error.code !== 'FW-DIR-NOT-WRITABLE') throw error;
    const hint = error.hint.replace('--dir DIR', '--out DIR');
    throw new FactswayError(error.code, error.message, hint, error.details);
  }
}

function refusal(isOurs: boolean, out: string, conflicts: readonly string[]): FactswayError {
  const list = conflicts.map((path) => join(out, path));
  return isOurs
    ? new FactswayError(
        'FW-DRIFT',
        `${conflicts.length === 1 ? 'A file' : `${conflicts.length} files`} of the export in ${out} ${conflicts.length === 1 ? 'was' : 'were'} edited by hand; nothing was written.`,
        'Put your changes into an overlay of your own, or replace the files: factsway-install export k8s --overwrite-edited --out ' +
          shellWord(out),
        list,
      )
    : new FactswayError(
        'FW-EXPORT-FOREIGN',
        `${out} holds files of the same names that no export wrote; nothing was written.`,
        'Name an empty directory, or one of an earlier export: factsway-install export k8s --out DIR',
        list,
      );
}
