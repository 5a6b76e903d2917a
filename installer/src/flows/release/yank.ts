import { FactswayError } from '../../model/errors.ts';
import { yankKey } from '../../model/updates/record.ts';
import { compareVersions } from '../../model/version.ts';
import { planPercent } from '../../planner/plan-promotion.ts';
import { manifestText } from '../../render/update-manifests.ts';
import { audited } from './audit.ts';
import { agree, type Consent } from './consent.ts';
import { awaitReplicas, stopOffering, tellDamaged } from './offer-manifests.ts';
import { describe, promoteRelease, type Changed } from './promote.ts';
import {
  INTERNAL,
  observeReadable,
  refuseYanked,
  requireRecord,
  yankOf,
  type Needed,
  type Server,
} from './server.ts';
import { showManifests } from './write-manifests.ts';

/** The version that replaces a bad one, the good one it was built from, and to how many per cent it is offered. */
export type RollForward = {
  readonly version: string;
  readonly from: string;
  readonly percent: number;
};

export type YankRequest = {
  readonly version: string;
  readonly reason: string;
  readonly rollForward: RollForward | undefined;
  readonly consent: Consent;
};

/**
 * Stops a bad version: marks it for good, then offers it to nobody. With `rollForward` the version that replaces it is
 * promoted afterwards, if it was built. Throws FW-RELEASE-REBUILD where it was not: the bad one is stopped then.
 */
export async function yankRelease(
  request: YankRequest,
  server: Server,
  ports: Needed,
): Promise<Changed> {
  const { version, rollForward, consent } = request;
  const { live } = await observeReadable(server, ports);
  // What is live is stopped, whatever became of its record.
  if (!live.some(({ manifest }) => manifest.version === version))
    await requireRecord(version, server, ports);
  if (rollForward) await refuseRollForward(version, rollForward, server, ports);
  const planned = planPercent(version, live, 0);
  if (
    !(await agree(
      `Stop ${version} for good, so that no client is offered it any more?`,
      consent,
      ports,
    ))
  )
    return { executed: false, writes: planned };
  const stopped = await stop(request, server, ports);
  if (!rollForward) return { executed: true, writes: stopped };
  await requireRecord(rollForward.version, server, ports).catch((error: unknown) => {
    throw error instanceof FactswayError && error.code === 'FW-RELEASE-UNKNOWN'
      ? rebuild(version, rollForward)
      : error;
  });
  const { version: next, percent } = rollForward;
  const promotion = { version: next, percent, deep: false, consent };
  const { writes } = await promoteRelease(promotion, server, ports);
  return { executed: true, writes: [...stopped, ...writes] };
}

/** Before anything is changed: what would never reach those who have the bad version is no way forward. */
async function refuseRollForward(
  version: string,
  { version: next, from }: RollForward,
  server: Server,
  ports: Needed,
): Promise<void> {
  await requireRecord(from, server, ports);
  await refuseYanked(from, server, ports);
  if (compareVersions(next, version) > 0 && compareVersions(from, version) < 0) return;
  throw new FactswayError(
    'FW-USAGE',
    `A way forward from ${version} is a later version, built from an earlier one; ${next} from ${from} is none. Nothing was changed.`,
    `Stop the bad one now: factsway-install release yank ${version}`,
  );
}

const rebuild = (version: string, { version: next, from, percent }: RollForward): FactswayError =>
  new FactswayError(
    'FW-RELEASE-REBUILD',
    `${version} is stopped: no client is offered it any more. ${next} is not published: the installers of ${from} cannot be given another number, since the app in them says ${from} and would install itself again and again.`,
    `Build the sources of ${from} with version ${next}, then: factsway-install release publish DIR --version ${next} && factsway-install release promote ${next}${percent === 100 ? '' : ` --percent ${percent}`}`,
  );

async function stop({ version, reason }: YankRequest, server: Server, ports: Needed) {
  const { live, damaged } = await observeReadable(server, ports);
  const before = planPercent(version, live, 0);
  const mark = { version, at: ports.clock.now().toISOString(), by: server.who, reason };
  const change = {
    what: `yank ${version}`,
    before: describe(before, 'before'),
    after: { ...describe(before, 'after'), reason },
  };
  if ((await yankOf(version, server, ports)) && before.length === 0) {
    await showStopped(version, server, ports);
    tellDamaged(damaged, server, ports);
    return before;
  }
  return audited(change, server, ports, async () => {
    // First of all: from here on nobody begins to promote it.
    await ports.objects.writeText(
      server.place,
      yankKey(version),
      `${JSON.stringify(mark, null, 2)}\n`,
      {
        ...INTERNAL,
        condition: { absent: true },
      },
    );
    await stopOffering(version, server, ports);
    await showStopped(version, server, ports);
    tellDamaged(damaged, server, ports);
    return before;
  });
}

async function showStopped(version: string, server: Server, ports: Needed): Promise<void> {
  const { live } = await observeReadable(server, ports);
  const texts = live
    .filter(({ manifest }) => manifest.version === version)
    .map(({ name, manifest }) => ({ name, text: manifestText(manifest) }));
  await showManifests(texts, server, ports);
  await awaitReplicas(texts, server, ports);
}
