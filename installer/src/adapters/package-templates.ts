import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Templates } from '../ports/templates.ts';

const DIRECTORIES = ['compose', 'config-templates', 'k8s/templates'];

/** Shipped as it is, beside factsway.yaml, so that editors check keys and values while one types. */
const SCHEMA = 'schema/factsway.v2.schema.json';

/**
 * The templates of the installed package, and the files among them that are copied as they are: text in UTF-8. Read
 * once. What begins with a dot is an editor's or a desktop's, not the package's.
 */
export function packageTemplates(packageRoot: string): Templates {
  let loaded: Promise<Record<string, string>> | undefined;
  const load = async (): Promise<Record<string, string>> => {
    const lists = await Promise.all(
      DIRECTORIES.map(async (directory) =>
        (await readdir(join(packageRoot, directory), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
          .map(({ parentPath, name }) => relative(packageRoot, join(parentPath, name))),
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
