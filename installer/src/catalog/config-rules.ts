import type { InstanceConfig } from '../model/config.ts';
import type { ConfigIssue } from '../model/config-rules.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { MIGRATIONS } from './components/migrations.ts';
import { COMPONENT_IMAGES } from './images.ts';
import { credentialIn, looksSecret } from './secret-looks.ts';
import { proxyVariableIssues } from './outgoing-proxy.ts';
import { receiverRules } from './receiver-rules.ts';
import { profileIssue } from './sizing-profiles.ts';
import { platformVariable } from './service-environment.ts';
import { SERVICES } from './services/index.generated.ts';
import type { ServiceEntry } from './services/service.ts';
import { tlsRules } from './tls-rules.ts';

/** What the schema cannot judge because it does not know what the platform is made of. */
export function catalogRules(
  config: InstanceConfig,
  services: readonly ServiceEntry[] = SERVICES,
): ConfigIssue[] {
  return [
    ...profileIssue(config),
    ...proxyVariableIssues(config),
    ...Object.keys(config.images.overrides).flatMap((name) => overrideIssue(name, services)),
    ...Object.entries(config.services.environment).flatMap(([name, value]) =>
      variableIssue(name, value, services),
    ),
  ];
}

/** With what only a whole configuration can be judged by: keys that need each other. */
export const wholeRules = (config: InstanceConfig): ConfigIssue[] => [
  ...catalogRules(config),
  ...tlsRules(config),
  ...receiverRules(config),
];

function overrideIssue(name: string, services: readonly ServiceEntry[]): ConfigIssue[] {
  const known = [...Object.keys(COMPONENT_IMAGES), MIGRATIONS, ...services.map((one) => one.name)];
  if (known.includes(name)) return [];
  return [
    {
      path: ['images', 'overrides', name],
      message: 'is not an image of the platform',
      hint: `${didYouMean(name, known, (meant) => `images.overrides.${meant}`)}Use one of: ${known.join(', ')}.`,
    },
  ];
}

function variableIssue(
  name: string,
  value: string,
  services: readonly ServiceEntry[],
): ConfigIssue[] {
  const path = ['services', 'environment', name];
  const issue = (message: string, hint: string): ConfigIssue[] => [{ path, message, hint }];
  const platform = platformVariable(name, services);
  if (platform)
    return issue(
      'belongs to the platform contract: the installer sets it for every service',
      `Remove it${platform.key === undefined ? '' : `; what it says is decided by ${platform.key}`}.`,
    );
  if (looksSecret(name, value))
    return issue(
      'looks like a secret, which everyone who may run "docker inspect" could read',
      fileInstead(name),
    );
  const credential = credentialIn(value);
  if (credential !== undefined)
    return issue(
      `holds ${credential}, which everyone who may run "docker inspect" could read`,
      fileInstead(name),
    );
  if (value.includes('\0')) return issue('holds a NUL character', 'Remove that character.');
  return [];
}

const fileInstead = (name: string): string =>
  `Keep it in a file, mount that as a secret in compose.override.yaml, and give the service its path there as ${name}_FILE.`;
