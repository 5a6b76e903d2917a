import { holdsData } from '../catalog/data-volume.ts';
import { count } from '../model/units.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { ensureCommand } from '../catalog/images.ts';
import { neededSecret } from '../catalog/secrets.ts';
import { FactswayError } from '../model/errors.ts';
import { isMadeIn, type Observed } from '../model/observed.ts';
import { shellWord } from '../model/shell.ts';
import { absentAddress } from '../checks/analysers/absent-address.ts';
import { mebibytes } from '../model/units.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { analyseImageVersions } from '../checks/analysers/image-versions.ts';
import type { Desired } from './desired.ts';

const MOVING = 'docs/operations/deployment.md, "Your own PostgreSQL"';

/** What only the customer knows: a password of the customer's own server, the address of a receiver of alerts. */
export function refuseNeededSecrets({ bundle, directory }: Desired, { instance }: Observed): void {
  const missing = bundle.secrets.filter(
    ({ name, given }) =>
      given && (!instance.secrets.includes(name) || instance.emptySecrets?.includes(name)),
  );
  if (missing.length > 0) throw neededSecret(directory, missing);
}

/** Two databases of one platform: whichever is served, somebody's work would seem lost. */
function refuseDataLeftBehind({ catalog }: Desired, { instance, volumes }: Observed): void {
  const { config } = catalog.context;
  const hasVolume = holdsData(volumes, 'postgres-data');
  if (externalPostgres(config) && hasVolume)
    throw new FactswayError(
      'FW-DB-DATA-BEHIND',
      `postgres.mode is external, but the volume ${config.project}_postgres-data holds the database of this instance, and your own server would not have it.`,
      `Go back: --set postgres.mode=bundled   or move the data first (${MOVING}) and then remove the volume knowingly: docker volume rm ${config.project}_postgres-data`,
    );
  const { formerDatabase, release } = instance;
  if (externalPostgres(config) || hasVolume || !release || formerDatabase === undefined) return;
  throw new FactswayError(
    'FW-DB-DATA-BEHIND',
    `postgres.mode is bundled, but the database of this instance is on ${formerDatabase}, and a new one would be empty.`,
    `Go back: --set postgres.mode=external   or move the data first (${MOVING}), beginning with: factsway-install render --set postgres.mode=bundled`,
  );
}

/** Everything that must be true before the first step; each breach has its own code. Nothing was changed yet. */
export function refuseWhatCannotWork(desired: Desired, observed: Observed): void {
  refuseForeignProject(desired, observed);
  refuseOtherProject(desired, observed);
  refuseLostSecrets(desired, observed);
  refuseDataLeftBehind(desired, observed);
  refuseMissingImages(desired, observed);
  refuseOverriddenImages(desired, observed);
  refuseMixedVersions(desired, observed);
  refuseAbsentAddress(observed);
  refuseBusyPorts(desired, observed);
  refuseImpossibleMemory(observed);
}

/** One directory, one platform: a second one would begin with an empty database, and the first be nobody's. */
export function refuseOtherProject(
  { directory, catalog }: Desired,
  { otherProject }: Observed,
): void {
  if (otherProject === undefined) return;
  throw new FactswayError(
    'FW-PROJECT-CHANGED',
    `project is to be "${catalog.context.config.project}", but the containers and the data of ${directory} belong to "${otherProject}".`,
    `Keep the name: --set project=${otherProject}   or have a second platform in a directory of its own: --dir DIR`,
  );
}

/** Docker refuses it when a container is made, and by then others have stopped. */
function refuseImpossibleMemory({ override }: Observed): void {
  // Limits that are rendered in the same run may be others.
  if (!override?.rendered) return;
  for (const [name, { memory, memoryAndSwap }] of Object.entries(override.services ?? {})) {
    if (memory === undefined || memoryAndSwap === undefined || memoryAndSwap >= memory) continue;
    throw new FactswayError(
      'FW-COMPOSE-REFUSED',
      `${name} would have a memswap_limit of ${mebibytes(memoryAndSwap)}m, less than its mem_limit of ${mebibytes(memory)}m; Docker refuses that. Nothing was changed.`,
      `In ${OVERRIDE_FILE}, put memswap_limit: ${mebibytes(memory)}m beside its mem_limit, then run the command again.`,
    );
  }
}

function refuseForeignProject(
  { directory, catalog }: Desired,
  { containers, instance }: Observed,
): void {
  // A directory that was moved brings its manifest along; a new one has no claim to what another left.
  const isKnown = Object.keys(instance.manifest.files).length > 0;
  const foreign = containers.find(
    (container) =>
      container.workingDirectory !== directory && !(isKnown && isMadeIn(container, directory)),
  );
  if (!foreign) return;
  const { project } = catalog.context.config;
  if (foreign.mountsBy === 'gone') {
    throw new FactswayError(
      'FW-PROJECT-FOREIGN',
      `Compose project "${project}" was made from ${foreign.workingDirectory}, which is not there any more.`,
      `Name the directory it was moved to with --dir, give this instance another name: --set project=NAME, or remove what is left knowingly: docker compose --project-name ${project} down`,
    );
  }
  throw new FactswayError(
    'FW-PROJECT-FOREIGN',
    `Compose project "${project}" already runs from ${foreign.workingDirectory}.`,
    'Use that directory with --dir, or give this instance another name: --set project=NAME',
  );
}

/** An empty password file is never a password: PostgreSQL would refuse it at the first start. */
export function refuseEmptySecrets({ bundle, directory }: Desired, { instance }: Observed): void {
  // One that was never ours to make is still needed, and is told as such.
  const made = bundle.secrets.filter(({ given }) => !given).map((one) => one.name as string);
  const name = instance.emptySecrets?.find((one) => made.includes(one));
  if (name === undefined) return;
  throw new FactswayError(
    'FW-SECRET-INVALID',
    `secrets/${name} is empty.`,
    `Write the secret into it, or remove the file if there is no data yet: rm ${shellWord(`${directory}/secrets/${name}`)}`,
  );
}

function refuseLostSecrets({ bundle, catalog }: Desired, { instance, volumes }: Observed): void {
  for (const { name, unlocks } of bundle.secrets) {
    if (unlocks === undefined || instance.secrets.includes(name)) continue;
    if (!holdsData(volumes, unlocks)) continue;
    throw new FactswayError(
      'FW-SECRET-LOST',
      `secrets/${name} is missing, but the volume ${unlocks} it belongs to still holds data. A new secret would not fit.`,
      `Put the file back from your backup, or remove the data knowingly: docker volume rm ${catalog.context.config.project}_${unlocks}`,
    );
  }
}

function refuseMissingImages({ catalog }: Desired, { images }: Observed): void {
  const { images: wanted, postgres, release } = catalog.context.config;
  if (wanted.source === 'upstream') return;
  const missing = [...new Set(catalog.workloads.map((workload) => workload.image))].filter(
    (reference) => images[reference] === undefined,
  );
  if (missing.length === 0) return;
  throw new FactswayError(
    'FW-IMAGE-MISSING',
    `${count(missing.length, 'image is', 'images are')} not on this host: ${missing.join(', ')}.`,
    `From a checkout: ${ensureCommand(release.version, postgres.version)}   or take them from registries: --set images.source=upstream`,
  );
}

/** What the customer's file names is pulled for services of the customer's own, never in place of an image of ours. */
function refuseOverriddenImages({ catalog }: Desired, { images, override }: Observed): void {
  const named = override?.images ?? {};
  const missing = catalog.workloads.flatMap(({ id }) => {
    const image = named[id];
    return image === undefined || images[image] ? [] : [{ id, image }];
  });
  const [first] = missing;
  if (!first) return;
  throw new FactswayError(
    'FW-IMAGE-MISSING',
    `${OVERRIDE_FILE} names ${missing.length === 1 ? 'an image that is' : 'images that are'} not on this host: ${missing.map(({ id, image }) => `${image} (${id})`).join(', ')}. Nothing was changed.`,
    `Get it: docker pull ${shellWord(first.image)}   or correct it in ${OVERRIDE_FILE}, then run the command again.`,
  );
}

function refuseMixedVersions({ catalog }: Desired, { images }: Observed): void {
  const { version } = catalog.context.config.release;
  const references = releaseImages(catalog.workloads);
  const findings = analyseImageVersions(
    references.flatMap((reference) => images[reference] ?? []),
    version,
  );
  if (findings.length === 0) return;
  throw mixedVersions(findings, version);
}

export function mixedVersions(findings: readonly string[], version: string): FactswayError {
  return new FactswayError(
    'FW-IMAGE-VERSION',
    `Not all images are of release ${version}: ${findings.join('; ')}.`,
    `Get the images of ${version}, or set release.version to the release you have. Nothing was started.`,
  );
}

/** Images that must carry the release's version: those of workloads that live in a slot. */
export function releaseImages(workloads: Desired['catalog']['workloads']): string[] {
  return [
    ...new Set(
      workloads.filter((workload) => workload.slot !== undefined).map((workload) => workload.image),
    ),
  ];
}

function refuseAbsentAddress({ absentAddresses = [] }: Observed): void {
  const [address] = absentAddresses;
  if (address === undefined) return;
  const { found, remedy } = absentAddress(address);
  throw new FactswayError('FW-ADDRESS-ABSENT', `${found}.`, remedy);
}

function refuseBusyPorts({ catalog }: Desired, { busyPorts }: Observed): void {
  const busy = busyPorts[0];
  if (!busy) return;
  const { edge, monitoring } = catalog.context.config;
  const keys: readonly (readonly [number, string])[] = [
    [edge.httpPort, 'edge.httpPort'],
    [edge.httpsPort, 'edge.httpsPort'],
    [monitoring.prometheusPort, 'monitoring.prometheusPort'],
    [monitoring.alertmanagerPort, 'monitoring.alertmanagerPort'],
  ];
  const key = keys.find(([port]) => port === busy.port)?.[1] ?? 'the port';
  throw new FactswayError(
    'FW-PORT-IN-USE',
    `Port ${busy.port} on ${busy.bind} is taken by another program.`,
    `See who holds it: ss -ltnp 'sport = :${busy.port}'   or choose another: --set ${key}=PORT`,
  );
}
