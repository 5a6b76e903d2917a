import { count } from '../../../model/units.ts';
import { defineCheck, fine, refusal } from './check.ts';

export const project = defineCheck({
  name: 'project',
  proves: 'No other Compose project on this server has the name of this one.',
  fails: 'containers of that project were made from another directory',
  codes: ['FW-PROJECT-FOREIGN'],
  remedy: 'factsway-install install --dir DIR, or --set project=NAME',
  purposes: ['install', 'upgrade'],
  needs: ['project'],
  analyse({ project: { elsewhere, containers } }, { catalog }) {
    const { project: name } = catalog.context.config;
    if (elsewhere.length > 0)
      return refusal(
        'FW-PROJECT-FOREIGN',
        `Compose project "${name}" already runs from ${elsewhere.join(' and ')}`,
        'Use that directory with --dir, or give this instance another name: --set project=NAME',
      );
    return fine(
      containers === 0
        ? `nobody uses the name "${name}"`
        : `${count(containers, 'container', 'containers')} of "${name}", all from here`,
    );
  },
});
