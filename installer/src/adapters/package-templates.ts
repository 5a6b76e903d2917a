import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Templates } from '../ports/templates.ts';

const DIRECTORIES = ['compose', 'config-templates'];
/** Templates of ours, and those of Alertmanager, which go into the bundle as they are. */
const SHIPPED = /\.(hbs|tmpl)$/;

/** Shipped as it is, beside factsway.yaml, so that editors check keys and values while one types. */
const SCHEMA = 'schema/factsway.v1.schema.json';

/** The templates of the installed package, read once. */
export function packageTemplates(packageRoot: string): Templates {
  let loaded: Promise<Record<string, string>> | undefined;
  const load = async (): Promise<Record<string, string>> => {
    const lists = await Promise.all(
      DIRECTORIES.map(async (directory) =>
        (await readdir(join(packageRoot, directory), { recursive: true }))
          .filter((file) => SHIPPED.test(file))
          .map((file) => `${directory}/${file}`),
      ),
    );
    const entries = await Promise.all(
      [SCHEMA, ...lists.flat()].map(
        async (path) => [path, await readFile(join(packageRoot, path), 'utf8')] as const,
      ),
    );
    return Object.fromEntries(entries);
  };
  return { load: () => (loaded ??= load()) };
}
