import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** What of esbuild's metafile is needed here. */
export interface BundleInputs {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The licence texts of every package that became part of a bundle, in the order of their names. */
export function collectLicences(root: string, bundle: BundleInputs): string {
  const packages = new Set<string>();
  for (const input of Object.keys(bundle.inputs)) {
    const found = PACKAGE.exec(input)?.[1];
    if (found !== undefined) packages.add(found);
  }
  return [...packages]
    .sort()
    .map((folder) => describe(join(root, folder)))
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function describe(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const text =
    file !== undefined && existsSync(join(folder, file))
      ? readFileSync(join(folder, file), 'utf8')
      : `License: ${license ?? 'not stated'}\n`;
  return `${name} ${version}\n\n${text}`;
}
