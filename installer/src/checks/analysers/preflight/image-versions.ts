import { analyseImageVersions } from '../image-versions.ts';
import { defineCheck, fine, refusal } from './check.ts';

export const imageVersions = defineCheck({
  name: 'image-versions',
  proves: 'The images of services and migrations that are here say that they are of the release.',
  fails: 'one is of another version or does not say',
  codes: ['FW-IMAGE-VERSION'],
  remedy: 'The images of that release, or factsway-install install --set release.version=VERSION',
  purposes: ['install', 'upgrade'],
  needs: ['images'],
  analyse({ images: { ofRelease, local } }, { catalog }) {
    const { version } = catalog.context.config.release;
    const judged = local.filter(({ reference }) => ofRelease.includes(reference));
    const findings = analyseImageVersions(
      judged.map((image) => ({ ...image, id: '' })),
      version,
    );
    if (judged.length === 0) return fine('none is here yet');
    return findings.length === 0
      ? fine(`${judged.length} of ${ofRelease.length} are here, all of ${version}`)
      : refusal(
          'FW-IMAGE-VERSION',
          `not all images are of release ${version}: ${findings.join('; ')}`,
          `Get the images of ${version}, or set release.version to the release you have: --set release.version=VERSION`,
        );
  },
});
