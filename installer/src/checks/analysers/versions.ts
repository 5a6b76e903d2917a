import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { ObservedImage } from '../../model/observed.ts';
import type { ServiceEndpoints } from '../facts.ts';
import { analyseImageVersions } from './image-versions.ts';
import { reportedVersions } from './service-contract.ts';

/** Invariant 1 (spec 01) after deployment: images, /health and factsway_build_info name the same version. */
export function analyseVersions(
  version: string,
  images: readonly ObservedImage[],
  services: readonly ServiceEndpoints[],
): CheckResult {
  const findings = [
    ...analyseImageVersions(images, version),
    ...reportedVersions(services).flatMap(({ service, health, metrics }) => [
      ...(health === version
        ? []
        : [`${service}: /health says ${health === '' ? 'no version' : health}`]),
      ...(metrics === version
        ? []
        : [`${service}: factsway_build_info says ${metrics === '' ? 'no version' : metrics}`]),
    ]),
  ];
  if (findings.length === 0)
    return pass(
      'versions',
      `${images.length} images and ${services.length} services agree: ${version}`,
    );
  return fail(
    'versions',
    `not everything is of release ${version}`,
    'Bring all services to one release: factsway-install up',
    findings,
  );
}
