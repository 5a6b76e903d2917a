import { defineCheck, fine, refusal } from './check.ts';

export const imageArchitecture = defineCheck({
  name: 'image-architecture',
  proves: 'The images are made for the processor of this server.',
  fails: 'one is made for another',
  codes: ['FW-IMAGE-ARCHITECTURE'],
  remedy:
    'docker image inspect --format "{{.Architecture}}" IMAGE; build or mirror it for this one',
  purposes: ['install', 'upgrade'],
  needs: ['images', 'registry', 'engine'],
  analyse({ images: { local }, registry: { asked }, engine: { platform } }) {
    const fits = (other: string): boolean => other === platform || other.startsWith(`${platform}/`);
    const wrong = [
      ...local
        .filter((image) => image.platform !== '' && !fits(image.platform))
        .map((image) => `${image.reference} is for ${image.platform}`),
      ...asked.flatMap(({ reference, result }) =>
        result.answer === 'found' && result.platforms.length > 0 && !result.platforms.some(fits)
          ? [`${reference} is for ${result.platforms.join(', ')}`]
          : [],
      ),
    ];
    return wrong.length === 0
      ? fine(`all for ${platform}`)
      : refusal(
          'FW-IMAGE-ARCHITECTURE',
          `${wrong.join('; ')}; this server is ${platform}`,
          `Get them for this processor: docker pull --platform ${platform} IMAGE`,
        );
  },
});
