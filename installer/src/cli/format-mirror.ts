import type { MirrorPlan } from '../model/updates/mirror.ts';
import { formatSize, MiB } from '../model/units.ts';

const sizeOf = (bytes: number): string => formatSize(Math.max(1, Math.round(bytes / MiB)) * MiB);

/** A plan of `release mirror`, in the order it is carried out. */
export function formatMirrorPlan(
  { copies, manifests, removes }: MirrorPlan,
  target: string,
): string {
  const steps = [
    ...copies.map(
      ({ name, size, because, here }) =>
        `${here ? 'Keep' : 'Copy'} ${name} (${sizeOf(size)}) because ${here ? 'an earlier run has brought it' : because}`,
    ),
    ...manifests.map(
      ({ name, version, before }) =>
        `Offer ${version} in ${name}${before === undefined ? '' : ` (until now ${before})`}`,
    ),
    ...removes.map(({ name, because }) => `Remove ${name} because ${because}`),
  ];
  if (steps.length === 0) return `${target} has everything already.`;
  return [`Mirror in ${target}:`, ...steps.map((step, at) => `  [${at + 1}] ${step}`)].join('\n');
}

export function formatMirrored({ copies, manifests, removes }: MirrorPlan, target: string): string {
  if (copies.length + manifests.length + removes.length === 0)
    return `${target} has everything already.`;
  const offers = manifests.map(({ name, version }) => `${name} offers ${version}`);
  return `${target}: ${copies.length} files copied and compared, ${removes.length} removed; ${offers.length === 0 ? 'no manifest changed' : offers.join(', ')}.`;
}
