import type { AuditLine } from '../flows/release/audit.ts';
import type { ListedRelease } from '../flows/release/list.ts';
import { describeCaller } from '../model/updates/caller.ts';
import { formatSize } from '../model/units.ts';
import { formatTable } from './format.ts';

export function formatListed(releases: readonly ListedRelease[]): string {
  if (releases.length === 0) return 'Nothing is published.';
  return formatTable([
    ['version', 'channel', 'published', 'by', 'size', 'live'],
    ...releases.map(({ version, channel, publishedAt, by, size, yanked, live }) => [
      ...[version, channel, publishedAt.slice(0, 16).replace('T', ' '), by, formatSize(size)],
      [
        ...(yanked === null ? [] : [`yanked (${yanked})`]),
        ...Object.entries(live).map(([name, percent]) => `${name} ${percent} %`),
      ].join(', '),
    ]),
  ]);
}

export function formatAudit(changes: readonly AuditLine[]): string {
  if (changes.length === 0) return 'Nothing was changed yet.';
  return formatTable([
    ['when', 'who', 'what', 'outcome', 'before', 'after'],
    ...changes.map(({ at, who, caller, what, outcome, before, after }) => [
      ...[at.slice(0, 19).replace('T', ' '), named(who, caller), what, outcome],
      ...[summary(before), summary(after)],
    ]),
  ]);
}

/** A name that was given, and from where; of others that is the name. */
function named(who: string, caller: AuditLine['caller']): string {
  const found = caller && describeCaller(caller);
  return found === undefined || found === who ? who : `${who} (${found})`;
}

/** `latest.yml 1.1.0 100 %, …`; of a publication the record is long, and list shows it. */
function summary(side: unknown): string {
  if (typeof side !== 'object' || side === null) return '';
  return Object.entries(side)
    .flatMap(([name, value]: [string, unknown]) => {
      if (!name.endsWith('.yml')) return [];
      const { version, percent } = (value ?? {}) as { version?: string; percent?: number };
      return [version === undefined ? `${name} none` : `${name} ${version} ${percent ?? 100} %`];
    })
    .join(', ');
}
