import { ensureCommand } from '../../../catalog/images.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';

export const images = defineCheck({
  name: 'images',
  proves: 'Every image is on this host or can be fetched.',
  warns: 'a registry could not be asked (its own check says why)',
  fails: 'an image is neither here nor at its registry',
  codes: ['FW-IMAGE-MISSING'],
  remedy:
    './scripts/images ensure --version VERSION; factsway-install install --set images.source=upstream',
  purposes: ['install', 'upgrade'],
  needs: ['images', 'registry'],
  analyse({ images: { wanted, local }, registry: { asked } }, { catalog }) {
    const { images: settings, release, postgres } = catalog.context.config;
    const missing = wanted.filter(
      (reference) => !local.some((image) => image.reference === reference),
    );
    if (missing.length === 0) return fine(`${wanted.length} images are on this host`);
    const answerOf = (reference: string): string | undefined =>
      asked.find((one) => one.reference === reference)?.result.answer;
    const absent =
      settings.source === 'debian'
        ? missing
        : missing.filter((reference) => answerOf(reference) === 'absent');
    if (absent.length > 0)
      return refusal(
        'FW-IMAGE-MISSING',
        settings.source === 'debian'
          ? `${count(absent.length, 'image is', 'images are')} not on this host: ${absent.join(', ')}`
          : `${absent.length} of the images are neither on this host nor at their registry: ${absent.join(', ')}`,
        settings.source === 'debian'
          ? `From a checkout: ${ensureCommand(release.version, postgres.version)}   or take them from registries: --set images.source=upstream`
          : 'Check images.registry, images.overrides and release.version in factsway.yaml',
      );
    const open = missing.filter((reference) => answerOf(reference) !== 'found');
    return open.length > 0
      ? doubt(
          `whether ${count(open.length, 'image', 'images')} can be fetched cannot be told`,
          'See the check registry',
          open,
        )
      : fine(
          `${wanted.length - missing.length} are on this host, ${missing.length} can be fetched`,
        );
  },
});
