/** What `x-factsway-crossed` of one answer means. Source: docs/platform-contract.md, versions crossed. */
export type Crossing =
  | { readonly kind: 'one'; readonly version: string; readonly services: readonly string[] }
  /** Two versions took part, or one that is not known. */
  | { readonly kind: 'mixed' }
  /** The answer does not say; whoever gave it is no service of the platform. */
  | { readonly kind: 'unlabelled' };

const ENTRY = /^([a-z][a-z0-9-]*)@([\w.+-]+)$/;

/** Judges the header of one answer. */
export function crossingOf(header: string | undefined): Crossing {
  if (header === undefined || header.trim() === '') return { kind: 'unlabelled' };
  const entries = header.split(',').map((entry) => ENTRY.exec(entry.trim()));
  const services: string[] = [];
  const versions = new Set<string>();
  for (const entry of entries) {
    const [, service, version] = entry ?? [];
    if (service === undefined || version === undefined) return { kind: 'unlabelled' };
    services.push(service);
    versions.add(version);
  }
  const [version] = versions;
  if (version === undefined || versions.size > 1 || version === 'unknown') return { kind: 'mixed' };
  return { kind: 'one', version, services };
}
