import { resolve } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { count } from '../../model/units.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

const WHAT = ['k8s', 'cloudfront'] as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'write Kubernetes manifests, or the template of an update server',
  description:
    'Writes a Kustomize tree of the platform that factsway.yaml describes: a base, the overlays staging and production, deploy.sh and rollback.sh. Secrets are never in it. Needs neither Docker nor a cluster. What compose.override.yaml changes is carried over or named in a report, and then the exit code is 4. A second run writes the same bytes. export cloudfront writes one file instead, the CloudFormation template of a server of desktop updates; it reads no instance.',
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
    {
      command: 'factsway-install export cloudfront --out ./factsway-updates.yaml',
      does: 'writes the template; the documents say how to deploy it',
    },
  ],
  argument: {
    name: 'what',
    description: 'k8s: Kubernetes manifests; cloudfront: the template of an update server',
    optional: false,
    values: WHAT,
  },
  options: [
    {
      flags: '--out <path>',
      description: 'k8s: directory to write to, made if it is missing; cloudfront: the file',
    },
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
  async run(input, ports) {
    const { argument, directory, dryRun, options, surface } = input;
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
        'Where to? Manifests need a directory of their own, a template a file.',
        `factsway-install export ${argument ?? 'k8s'} --out ${argument === 'cloudfront' ? 'FILE' : 'DIR'}`,
      );
    if (argument === 'cloudfront') return runCloudFront(input, out, ports);
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

async function runCloudFront(
  { dryRun, options }: CommandInput,
  out: string,
  { files }: Ports,
): Promise<CommandResult> {
  if (options['report'] === true)
    throw new FactswayError(
      'FW-USAGE',
      'A template is compared with nothing: --report is of export k8s.',
      'factsway-install export cloudfront --out FILE',
    );
  const { exportCloudFront } = await import('../../flows/export-cloudfront.ts');
  const overwrite = options['overwriteEdited'] === true;
  const result = await exportCloudFront({ out: resolve(out), dryRun, overwrite }, { files });
  const { change } = result;
  const isUpToDate = change === undefined;
  const text = isUpToDate
    ? `${result.out} is up to date.`
    : result.executed
      ? `${result.out} written. What comes next: docs/operations/updates-cloudfront.md`
      : `${change} ${result.out}`;
  return { result, text };
}

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
