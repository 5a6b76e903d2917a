import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCatalog } from '../../installer/src/catalog/catalog.ts';
import { CHANGE_OPTIONS, GLOBAL_OPTIONS, type Values } from '../../installer/src/cli/command.ts';
import { COMMANDS } from '../../installer/src/cli/registry.ts';
import { configSchema } from '../../installer/src/model/config.ts';
import { configKeys } from '../../installer/src/model/config-keys.ts';
import { ALERTS } from '../../monitoring/alerts/index.ts';
import type { Known, KnownCommand } from '../../monitoring/runbooks/check.ts';
import { renderIndex, renderRunbook, runbookList } from '../../monitoring/runbooks/html.ts';
import { parseRunbook, type Runbook } from '../../monitoring/runbooks/parse.ts';

const DIRECTORY = join(import.meta.dirname, '../../docs/runbooks');

export async function readRunbooks(): Promise<Runbook[]> {
  const files = (await readdir(DIRECTORY)).filter((file) => file.endsWith('.md')).sort();
  return Promise.all(
    files.map(async (file) =>
      parseRunbook(file.replace(/\.md$/, ''), await readFile(join(DIRECTORY, file), 'utf8')),
    ),
  );
}

const listOf = async (values: Values | undefined): Promise<{ values?: readonly string[] }> =>
  values === undefined ? {} : { values: typeof values === 'function' ? await values() : values };

/** Commands and options as the registry has them. */
async function knownCommands(): Promise<KnownCommand[]> {
  return Promise.all(
    COMMANDS.map(async ({ name, options, changes, argument }) => ({
      name,
      flags: new Map(
        await Promise.all(
          [...options, ...GLOBAL_OPTIONS, ...(changes ? CHANGE_OPTIONS : [])].map(
            async ({ flags, values }) =>
              [
                flags.split(' ')[0] ?? '',
                { takesValue: flags.includes('<'), ...(await listOf(values)) },
              ] as const,
          ),
        ),
      ),
      ...(argument ? { argument: await listOf(argument.values) } : {}),
    })),
  );
}

/** What a runbook may refer to, of an installation where nothing was changed. */
export async function knownToRunbooks(runbooks: readonly Runbook[]): Promise<Known> {
  return {
    commands: await knownCommands(),
    composeServices: buildCatalog(configSchema.parse({})).workloads.map(({ id }) => id),
    configKeys: configKeys().map(({ key }) => key),
    runbooks: runbooks.map(({ name }) => name),
  };
}

/** The pages the edge serves, by path: of every alert, as those of certificates are whatever certificate there is. */
export async function runbookPages(): Promise<Record<string, string>> {
  const runbooks = await readRunbooks();
  const pages = ALERTS.flatMap((outline) => {
    const runbook = runbooks.find(({ name }) => name === outline.name);
    return runbook
      ? [[`config-templates/runbooks/${outline.name}.html`, renderRunbook(runbook, outline)]]
      : [];
  });
  return {
    ...(Object.fromEntries(pages) as Record<string, string>),
    'config-templates/runbooks/index.html': renderIndex(runbooks, ALERTS),
    'docs/reference/runbooks.md': runbookList(runbooks, ALERTS),
  };
}
