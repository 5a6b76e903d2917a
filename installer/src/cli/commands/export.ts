import { resolve } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { count } from '../../model/units.ts';
import type { Command } from '../command.ts';

const WHAT = ['k8s'] as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'write Kubernetes manifests of this platform',
  description:
    'Writes a Kustomize tree of the platform that factsway.yaml describes: a base, the overlays staging and production, deploy.sh and rollback.sh. Secrets are never in it. Needs neither Docker nor a cluster. What compose.override.yaml changes is carried over or named in a report, and then the exit code is 4. A second run writes the same bytes.',
  exitCodes: { 4: 'written, but something of compose.override.yaml has no place in it' },
  files: [
    { path: 'factsway.yaml', what: 'read; kubernetes.* is for this command alone' },
    { path: 'compose.override.yaml', what: 'read' },
  ],
  examples: [
    {
      command: 'factsway-install export k8s --out ./factsway-k8s',
      does: 'writes the tree; its README.md says what comes next',
    },
    {
      command: 'factsway-install export k8s --out ./factsway-k8s --dry-run',
      does: 'lists what would change',
    },
  ],
  argument: {
    name: 'what',
    description: 'k8s: Kubernetes manifests',
    optional: false,
    values: WHAT,
  },
  options: [
    { flags: '--out <dir>', description: 'directory to write to; made if it is missing' },
    {
      flags: '--report',
      description:
        'compare with the Compose bundle, fact by fact; needs docker compose and kubectl',
    },
    {
      flags: '--overwrite-edited',
      description: 'replace files of an earlier export that were edited by hand',
    },
  ],
  changes: true,
  async run({ argument, directory, dryRun, options, surface }, ports) {
    const out = options['out'];
    if (!WHAT.some((one) => one === argument))
      throw new FactswayError(
        'FW-USAGE',
        `There is nothing called ${argument ?? ''} to export.`,
        'factsway-install export k8s --out DIR',
      );
    if (typeof out !== 'string' || out === '')
      throw new FactswayError(
        'FW-USAGE',
        'Where to? The manifests need a directory of their own.',
        'factsway-install export k8s --out DIR',
      );
    const { exportKubernetes, reportJson, reportText } =
      await import('../../flows/export-kubernetes.ts');
    const report = options['report'] === true;
    const request = { directory, out: resolve(out), dryRun, report };
    const overwrite = options['overwriteEdited'] === true;
    const result = await exportKubernetes({ ...request, overwrite }, ports);
    const { changes, executed, lost, carried, warnings, rows } = result;
    const written = !executed
      ? changes.map(({ change, path }) => `${change} ${path}`).join('\n') || 'Nothing would change.'
      : changes.length === 0
        ? `${result.out} is up to date.`
        : `${count(changes.length, 'file', 'files')} written to ${result.out}. What comes next: ${result.out}/README.md`;
    const override = carried.map((what) => `carried over from compose.override.yaml: ${what}`);
    const losses = lost.map(
      ({ what, because }) =>
        `compose.override.yaml: ${what} is not in the export: ${because}. What a cluster needs of it belongs in an overlay of your own.`,
    );
    for (const warning of [...warnings, ...losses]) ports.reporter.warning(warning);
    const proof = rows && reportJson(rows);
    return {
      result: { ...result, warnings: undefined, rows: undefined, ...(proof ? { proof } : {}) },
      text: [
        ...(rows ? [reportText(rows, Math.min(surface.columns, WIDEST))] : []),
        written,
        ...override,
      ].join('\n'),
      ...verdict((rows ?? []).filter(({ relation }) => relation === 'DIFFERENT').length),
    };
  },
};

/** Of a table that is made for whatever there is room for. */
const WIDEST = 140;

function verdict(different: number): { readonly error?: FactswayError } {
  if (different === 0) return {};
  return {
    error: new FactswayError(
      'FW-EXPORT-DIFFERENT',
      `${count(different, 'fact differs', 'facts differ')} from the bundle of Compose, and nobody has declared why.`,
      'Tell whoever makes factsway-install, with this report: factsway-install export k8s --report --json --out DIR',
    ),
  };
}
