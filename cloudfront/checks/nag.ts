import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Template } from '../cloudformation.ts';

export type Finding = { readonly rule: string; readonly resource: string };

/** What the AwsSolutions rules of cdk-nag have against a template, by logical name. */
export function nag(template: Template): readonly Finding[] {
  const directory = mkdtempSync(join(tmpdir(), 'factsway-nag-'));
  try {
    const file = join(directory, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    const app = new App({ outdir: join(directory, 'out') });
    new CfnInclude(new Stack(app, 'updates'), 'included', { templateFile: file });
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    return violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({
        rule: ruleName,
        resource: basename(constructPath ?? ''),
      })),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
