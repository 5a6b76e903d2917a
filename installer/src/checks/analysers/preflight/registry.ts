import { count } from '../../../model/units.ts';
import { defineCheck, fine, refusal } from './check.ts';

export const registry = defineCheck({
  name: 'registry',
  proves:
    'The registries of images that are still to be fetched can be reached and let this user in.',
  fails: 'no connection, or a login is needed and none is stored or accepted',
  codes: ['FW-REGISTRY-UNREACHABLE', 'FW-REGISTRY-LOGIN'],
  remedy: 'docker login HOST; factsway-install install --set images.registry=HOST/PATH',
  purposes: ['install', 'upgrade'],
  needs: ['registry'],
  applies: ({ context }) => context.config.images.source !== 'debian',
  analyse({ registry: { asked } }) {
    if (asked.length === 0) return fine('every image is on this host: none was asked');
    const hosts = (answer: string): Map<string, string> =>
      new Map(
        asked.flatMap(({ host, result }) =>
          result.answer === answer && 'reason' in result ? [[host, result.reason] as const] : [],
        ),
      );
    const [closed, away] = [hosts('login'), hosts('unreachable')];
    const details = [...closed, ...away].map(([host, reason]) => `${host}: ${reason}`);
    if (closed.size > 0)
      return refusal(
        'FW-REGISTRY-LOGIN',
        `${[...closed.keys()].join(', ')} asks for a login`,
        `Log in as the user who installs: ${[...closed.keys()].map((host) => `docker login ${host}`).join(' && ')}`,
        details,
      );
    if (away.size > 0)
      return refusal(
        'FW-REGISTRY-UNREACHABLE',
        `${[...away.keys()].join(', ')} cannot be reached`,
        `Check network, firewall and proxy; or name a registry that can be: --set images.registry=HOST/PATH   or build the images here: --set images.source=debian`,
        details,
      );
    const reached = new Set(asked.map(({ host }) => host));
    return fine(
      `${[...reached].join(', ')} answered for ${count(asked.length, 'image', 'images')}`,
    );
  },
});
