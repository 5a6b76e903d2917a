import { registryHost } from '../checks/collectors/preflight/registry-address.ts';
import type { RegistryRefusal } from '../checks/collectors/registry-answer.ts';
import { FactswayError } from '../model/errors.ts';

/** Why a registry gave nothing, with the command that mends it. */
export function registryError(reference: string, answer: RegistryRefusal): FactswayError {
  const host = registryHost(reference);
  if (answer.answer === 'login')
    return new FactswayError(
      'FW-REGISTRY-LOGIN',
      `${host} gives ${reference} only after a login, or not to this user.`,
      `Log in as the user who runs this command: docker login ${host}`,
      [answer.reason],
    );
  if (answer.answer === 'absent')
    return new FactswayError(
      'FW-IMAGE-MISSING',
      `${host} has no image ${reference}.`,
      'Check images.registry, images.overrides and release.version in factsway.yaml.',
    );
  return new FactswayError(
    'FW-REGISTRY-UNREACHABLE',
    `${host} could not be asked for ${reference}.`,
    'Check network, firewall and proxy; or name a registry that can be reached: --set images.registry=HOST/PATH',
    [answer.reason],
  );
}
