import { describeVolume } from '../catalog/networks.ts';
import { FactswayError } from '../model/errors.ts';
import type { Footprint, Stays } from '../model/footprint.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { deriveNotOurs, emptyLeftovers, HALF_WRITTEN, isOurs } from './ownership.ts';

export type UninstallPlan = { readonly plan: Plan; readonly stays: Stays };
export type Outsider = {
  readonly container: string;
  readonly uses: 'network' | 'volume';
  readonly fullName: string;
};

const MANIFEST = 'state/manifest.json';
const MADE = 'state/made.json';
const CONFIG = 'factsway.yaml';
/** Where its text is kept, the better one first. */
const COPIES = ['state/in-effect.yaml', 'state/rendered.json'];
/** The run that is under way needs them until it has ended. */
const OF_THE_RUN = /^state\/(lock|lock\..*|journal\.jsonl(\.\d+)?)$/;
/** What a person would miss: what they wrote, and what opens, finds or repeats their data. */
const DATA = /^(secrets\/|state\/(backups|edited)\/|state\/data-volume\.json$)/;
const AGAIN = 'What is gone stays gone. Nothing else is lost: the same command finishes the job.';

/** Takes away what the installation made; with `purge` also the data. An instance that is gone gives no step. */
export function planUninstall(footprint: Footprint, purge: boolean): UninstallPlan {
  const builder = new PlanBuilder();
  const stopped = planStop(builder, footprint, purge);
  const engine = [
    stopped,
    ...(purge
      ? [planVolumes(builder, footprint, stopped), planImages(builder, footprint, stopped)]
      : []),
  ];
  const files = filesOf(footprint);
  const rendered = planRendered(builder, footprint, files.ours, engine, purge);
  const data = purge ? files.data : [];
  if (data.length > 0) {
    const directories = directoriesOf(footprint, (path) => !OF_THE_RUN.test(path));
    builder.add({
      action: { kind: 'RemoveFiles', files: data, directories, copies: [] },
      cause: 'the data is to go as well',
      dependsOn: [...engine, rendered],
      destroys: nameFiles(data),
      irreversible: AGAIN,
    });
  }
  const title = purge ? 'Uninstall, and destroy all data' : 'Uninstall, and keep the data';
  return { plan: builder.build(title), stays: staysOf(footprint, files, purge) };
}

function planStop(
  builder: PlanBuilder,
  { project, containers, networks }: Footprint,
  purge: boolean,
): number | undefined {
  if (project === undefined || containers.length + networks.length === 0) return undefined;
  return builder.add({
    action: {
      kind: 'StopProject',
      project,
      services: containers.map(({ service }) => service).sort(),
      networks: [...networks].sort(),
      // Its files may be broken or gone; labels are not.
      byLabels: true,
    },
    cause: purge ? 'the platform is to go' : 'the platform is to go; its data stays',
    irreversible: AGAIN,
  });
}

function planVolumes(
  builder: PlanBuilder,
  { project, volumes }: Footprint,
  stopped: number | undefined,
): number | undefined {
  if (project === undefined || volumes.length === 0) return undefined;
  const purposes = volumes.map(({ name, fullName }) => describeVolume(name) ?? fullName);
  return builder.add({
    action: { kind: 'RemoveVolumes', project, names: volumes.map(({ name }) => name) },
    cause: 'the data is to go as well',
    dependsOn: [stopped],
    destroys: purposes.join('; '),
    irreversible: AGAIN,
  });
}

function planImages(
  builder: PlanBuilder,
  { images }: Footprint,
  stopped: number | undefined,
): number | undefined {
  const references = images.flatMap(({ reference, stays }) =>
    stays === undefined ? [reference] : [],
  );
  if (references.length === 0) return undefined;
  return builder.add({
    action: { kind: 'RemoveImages', references },
    cause: 'this installation brought them, and nobody else uses them',
    dependsOn: [stopped],
    irreversible: AGAIN,
  });
}

/** What can be rendered or recorded again. */
function planRendered(
  builder: PlanBuilder,
  footprint: Footprint,
  files: readonly string[],
  dependsOn: readonly (number | undefined)[],
  purge: boolean,
): number | undefined {
  if (files.length === 0) return undefined;
  const empty = emptyLeftovers(footprint.tree);
  const copies = purge ? [] : footprint.edited.filter((path) => files.includes(path));
  return builder.add({
    action: {
      kind: 'RemoveFiles',
      files,
      directories: directoriesOf(
        footprint,
        (path) => empty.includes(path) || files.some((file) => isBelow(file, path)),
      ),
      copies,
    },
    cause: purge
      ? 'the installation made them'
      : copies.length === 0
        ? 'factsway.yaml renders them again'
        : `factsway.yaml renders them again; of ${copies.join(', ')}, edited by hand, a copy is kept in state/edited`,
    dependsOn,
    ...(purge && footprint.edited.length > 0
      ? { destroys: `what was edited by hand in ${footprint.edited.join(', ')}` }
      : {}),
    irreversible: AGAIN,
  });
}

type OwnFiles = { readonly ours: readonly string[]; readonly data: readonly string[] };

/** Rendered files and records before the manifest that names them, data before what tells whose it is. */
function filesOf({ tree, rendered, configGone }: Footprint): OwnFiles {
  const there = tree
    .filter(
      ({ path, kind }) => kind === 'file' && !HALF_WRITTEN.test(path) && !OF_THE_RUN.test(path),
    )
    .map(({ path }) => path);
  const onlyCopy = configGone ? COPIES.find((copy) => there.includes(copy)) : undefined;
  const isRecord = (path: string): boolean =>
    /^(state|releases)\//.test(path) && !DATA.test(path) && path !== MADE && path !== onlyCopy;
  const canBeMade = (path: string): boolean =>
    path !== OVERRIDE_FILE && (rendered.includes(path) || isRecord(path));
  const known = new Set(rendered);
  const last =
    (...paths: string[]) =>
    (a: string, b: string) =>
      paths.indexOf(a) - paths.indexOf(b) || (a < b ? -1 : 1);
  return {
    ours: there.filter(canBeMade).sort(last(MANIFEST)),
    // Whatever else belongs to the instance: a kind of file that is new is kept until it is purged.
    data: there.filter((path) => isOurs(path, known) && !canBeMade(path)).sort(last(MADE, CONFIG)),
  };
}

/** Deepest first, so that each is empty when its turn comes. */
function directoriesOf({ tree }: Footprint, isWanted: (path: string) => boolean): string[] {
  return tree
    .filter(({ path, kind }) => kind === 'directory' && path !== 'state' && isWanted(path))
    .map(({ path }) => path)
    .filter((path) => /^(config|secrets|state|releases)(\/|$)/.test(path))
    .sort((a, b) => b.split('/').length - a.split('/').length || (a < b ? -1 : 1));
}

function staysOf(footprint: Footprint, { data }: OwnFiles, purge: boolean): Stays {
  const notOurs = deriveNotOurs(footprint.tree, new Set(footprint.rendered));
  const images = footprint.images.flatMap(({ reference, stays }) =>
    purge
      ? stays === undefined
        ? []
        : [{ reference, because: stays }]
      : [{ reference, because: 'images go with --purge only' }],
  );
  return {
    volumes: purge ? [] : footprint.volumes.map(({ fullName }) => fullName),
    unproven: footprint.unproven,
    files: purge ? [] : summarise(data),
    notOurs,
    images,
  };
}

/** Secrets and copies by their directory, files by their name. */
function summarise(paths: readonly string[]): string[] {
  return [
    ...new Set(paths.map((path) => path.replace(/^(secrets|state|config)\/.*$/, '$1/'))),
  ].sort();
}

function nameFiles(paths: readonly string[]): string {
  const secrets = paths.filter((path) => path.startsWith('secrets/')).length;
  const kept = ['backups', 'edited'].filter((name) =>
    paths.some((path) => path.startsWith(`state/${name}/`)),
  );
  return [
    ...(secrets > 0 ? [secrets === 1 ? 'one secret' : `${secrets} secrets`] : []),
    ...summarise(paths).filter((name) => !/^(secrets|state)\/$/.test(name)),
    ...kept.map((name) => `state/${name}`),
  ].join(', ');
}

const isBelow = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);

/** Nobody else's container may lose its network or its volume. Nothing was changed yet. */
export function refuseOutsiders(outsiders: readonly Outsider[], purge: boolean): void {
  const concerned = outsiders.filter(({ uses }) => uses === 'network' || purge);
  const [first] = concerned;
  if (!first) return;
  const how =
    first.uses === 'network'
      ? `docker network disconnect ${first.fullName} ${first.container}`
      : `docker rm ${first.container}`;
  throw new FactswayError(
    'FW-IN-USE',
    `Other containers use what is to be removed: ${concerned.map(({ container, uses, fullName }) => `${container} (${uses} ${fullName})`).join(', ')}.`,
    `Take them off first, e.g.: ${how}   Nothing was changed.`,
  );
}
