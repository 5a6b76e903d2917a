import { FactswayError } from '../model/errors.ts';
import { isVersion } from '../model/version.ts';
import { refuseReleasePath, releasePath } from '../planner/release-path.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { apply, type ApplyResult } from './apply.ts';
import { getImages } from './get-images.ts';
import { catalogInEffect } from './in-effect.ts';
import { instancePaths } from './paths.ts';
import { requireCheckNames } from './preflight.ts';
import { passPreflight } from './preflight-verdict.ts';
import { prepareUpgrade } from './prepare-release.ts';
import { requireInstance, requireConfig, type ConfigRequest } from './resolve-config.ts';
import type { Consent } from './run-plan.ts';
import { readRelease } from './serving-slot.ts';

export const STRATEGIES = ['slots', 'recreate'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export type ReleaseRequest = ConfigRequest & {
  readonly overwrite: boolean;
  readonly consent: Consent;
  readonly skipChecks: readonly string[];
  /** That of factsway.yaml unless said. */
  readonly strategy?: Strategy;
};

export type UpgradeRequest = ReleaseRequest & {
  readonly to: string;
  readonly allowContract: boolean;
};

export type ReleaseResult = ApplyResult & { readonly from: string; readonly to: string };

/**
 * Another release takes over (spec 04 "Upgrade"): preflight, images, a restore point, migrations, the idle slot, the
 * switch; whatever fails leads back. To the release that serves already it finishes what an earlier run left.
 */
export async function upgrade(request: UpgradeRequest, ports: Ports): Promise<ReleaseResult> {
  const { directory, to, skipChecks, consent, overwrite, allowContract } = request;
  if (!isVersion(to))
    throw new FactswayError(
      'FW-USAGE',
      `--to takes a version such as 1.1.0, not "${to}".`,
      'Example: factsway-install upgrade --to 1.1.0',
    );
  requireCheckNames(skipChecks);
  await requireInstance(directory, ports.files);
  const serving = await readRelease(instancePaths(directory), ports.files);
  if (!serving) throw nothingServes();
  const from = serving.version;
  // Known without any image, and said before anybody is asked to get one.
  refuseReleasePath(releasePath({ from, to, history: undefined }));
  const strategy = request.strategy ?? (await configured(directory, ports));
  const wanted = {
    directory,
    ...(request.answersFile === undefined ? {} : { answersFile: request.answersFile }),
    sets: [...request.sets, `release.version=${to}`],
  };
  const inspect = async (desired: Desired): Promise<void> => {
    await passPreflight({ purpose: 'upgrade', skip: skipChecks }, desired, ports);
  };
  const got = await getImages(
    wanted,
    { command: 'upgrade', title: `Get the images of ${to}`, consent, inspect },
    ports,
  );
  if (!got.complete) {
    ports.reporter.note(`What follows is planned once the images of ${to} are here.`);
    const { catalog } = await catalogInEffect(directory, ports.files);
    return { from, to, plan: got.plan, executed: false, warnings: [], catalog };
  }
  const applied = await apply(
    {
      ...wanted,
      command: 'upgrade',
      skipChecks,
      consent,
      inPlace: strategy === 'recreate',
      options: { title: `Upgrade ${from} → ${to}`, overwrite, renderOnly: false },
      inspect,
      release: async (desired) => {
        const wish = { from, to, strategy, allowContract };
        const { change, notes } = await prepareUpgrade(wish, desired, ports);
        for (const note of notes) ports.reporter.note(note);
        return change;
      },
    },
    ports,
  );
  return { ...applied, from, to };
}

export async function configured(directory: string, { files }: Ports): Promise<Strategy> {
  return (await requireConfig(directory, files)).upgrade.strategy;
}

export function nothingServes(): FactswayError {
  return new FactswayError(
    'FW-UPGRADE-NOTHING',
    'No release serves from this directory yet.',
    'Bring it up first: factsway-install up',
  );
}
