import type { InstanceConfig } from '../model/config.ts';
import type { ConfigIssue } from '../model/config-rules.ts';
import { formatSize, GiB, parseSize } from '../model/units.ts';
import type { SizingInput } from './sizing.ts';

type Size = { readonly memoryBytes: number; readonly cores: number };

/** What the platform takes: what firmware and kernel leave of a server of 8, 16 and 32 GB. */
export const PROFILES: Readonly<Record<Exclude<InstanceConfig['host']['profile'], 'auto'>, Size>> =
  {
    small: { memoryBytes: 7 * GiB, cores: 2 },
    medium: { memoryBytes: 15 * GiB, cores: 4 },
    large: { memoryBytes: 31 * GiB, cores: 8 },
  };

const given = ({ host }: InstanceConfig): Size => ({
  memoryBytes: parseSize(host.memory) ?? 0,
  cores: host.cores,
});

/** auto: all that host.memory and host.cores give; else what the profile takes of it. */
export function platformSize(
  config: InstanceConfig,
): Pick<SizingInput, 'memoryBytes' | 'cores' | 'profile'> {
  const { profile } = config.host;
  return profile === 'auto' ? given(config) : { ...PROFILES[profile], profile };
}

/** A profile takes no more than there is. */
export function profileIssue(config: InstanceConfig): ConfigIssue[] {
  const { profile, memory, cores } = config.host;
  if (profile === 'auto') return [];
  const wanted = PROFILES[profile];
  const there = given(config);
  if (wanted.memoryBytes <= there.memoryBytes && wanted.cores <= there.cores) return [];
  const fitting = Object.entries(PROFILES)
    .filter(([, size]) => size.memoryBytes <= there.memoryBytes && size.cores <= there.cores)
    .map(([name]) => name);
  return [
    {
      path: ['host', 'profile'],
      message: `takes ${formatSize(wanted.memoryBytes)} and ${wanted.cores} cores; host.memory is ${memory}, host.cores ${cores}`,
      hint: `Use ${['auto', ...fitting].join(' or ')}, or say what the server has: --set host.memory=… --set host.cores=…`,
    },
  ];
}
