import type { SecretFacts } from '../facts.ts';
import { join } from 'node:path';
import { closedTo } from '../../model/secret-access.ts';
import type { InstanceView } from './instance-view.ts';

/** Modes of the secret files, and whether a value is visible to anyone who may inspect containers. */
export async function collectSecretFacts(view: InstanceView): Promise<SecretFacts> {
  const { files } = view.ports;
  const directory = join(view.directory, 'secrets');
  const containers = await view.containers();
  const exposed = new Set<string>();
  const facts = await Promise.all(
    view.catalog.secrets.map(async ({ name, readers }) => {
      const path = join(directory, name);
      const value = ((await files.readText(path)) ?? '').replace(/\n$/, '');
      for (const { service, environment } of value.length < 6 ? [] : containers) {
        for (const entry of environment)
          if (entry.includes(value))
            exposed.add(`${service} ${entry.slice(0, entry.indexOf('='))}`);
      }
      const status = await files.stat(path);
      const owned = status !== undefined && readers.includes(status.uid);
      return {
        name,
        mode: status?.mode,
        owned,
        closedTo: status ? closedTo(status, { readers }) : [],
        empty: value === '',
      };
    }),
  );
  return {
    directoryMode: (await files.stat(directory))?.mode,
    files: facts,
    exposed: [...exposed],
  };
}
