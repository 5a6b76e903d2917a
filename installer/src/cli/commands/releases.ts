import type { Command } from '../command.ts';

export const releases: Command = {
  name: 'releases',
  summary: 'list the releases that served here',
  description:
    'Lists every release that was brought into service from this directory: since when, in which slot, which one serves now, and whether its images are still on this host, so that it could be returned to. Works without Docker; images are then not looked at.',
  files: [{ path: 'releases/VERSION/release.json', what: 'images of a release, by id and digest' }],
  examples: [
    { command: 'factsway-install releases', does: 'one line per release' },
    { command: 'factsway-install releases --verbose', does: 'with every image and its digest' },
  ],
  options: [],
  changes: false,
  async run({ directory, options }, ports) {
    const [{ releases: list }, { formatReleases }] = await Promise.all([
      import('../../flows/releases.ts'),
      import('../format-releases.ts'),
    ]);
    const found = await list(directory, ports);
    return { result: found, text: formatReleases(found, options['verbose'] === true) };
  },
};
