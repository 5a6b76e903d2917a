import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Template } from '../cloudformation.ts';

const PACKAGE = dirname(
  fileURLToPath(import.meta.resolve('@cdklabs/cdk-validator-cfnguard/package.json')),
);
const RULES = join(PACKAGE, 'rules/control-tower/cfn-guard');
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
};

export type Verdicts = {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
};

type Report = {
  readonly compliant: readonly string[];
  readonly not_applicable: readonly string[];
  readonly not_compliant: readonly { readonly Rule: { readonly name: string } }[];
};

/** What each Control Tower rule says of a template; `only` names directories of rules. Throws where cfn-guard cannot run. */
export async function guard(template: Template, only: readonly string[] = []): Promise<Verdicts> {
  const system = process.platform === 'darwin' ? 'macos' : 'ubuntu';
  const program = join(PACKAGE, 'bin', system, ARCHITECTURES[process.arch] ?? '', 'cfn-guard');
  const directory = await mkdtemp(join(tmpdir(), 'factsway-guard-'));
  try {
    const file = join(directory, 'template.json');
    await writeFile(file, JSON.stringify(template));
    const rules = only.length === 0 ? [RULES] : only.map((name) => join(RULES, name));
    const { stdout, exitCode } = await execa(
      program,
      [
        ...['validate', '--data', file, '--structured', '--output-format', 'json'],
        ...['--show-summary', 'none', ...rules.flatMap((rule) => ['--rules', rule])],
      ],
      { stdin: 'ignore', reject: false },
    );
    // 19 is its word for «some rule failed».
    if (exitCode !== 0 && exitCode !== 19) throw new Error(`cfn-guard ended with ${exitCode}`);
    const [report] = JSON.parse(stdout) as Report[];
    if (report === undefined) throw new Error('cfn-guard said nothing');
    const failed = report.not_compliant.map(({ Rule }) => Rule.name);
    // Each rule is there twice, for templates and for hooks, so that one of the two always has nothing to judge.
    const judged = new Set([...report.compliant, ...failed]);
    const skipped = new Set(report.not_applicable.filter((rule) => !judged.has(rule)));
    return { passed: report.compliant, failed, skipped: [...skipped] };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The template without some resources, as if they had never been. */
export function without(template: Template, resources: readonly string[]): Template {
  const kept = Object.entries(template.Resources).filter(([name]) => !resources.includes(name));
  return { ...template, Resources: Object.fromEntries(kept) };
}
