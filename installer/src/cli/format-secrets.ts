import type { ListedSecret } from '../flows/secrets/list-secrets.ts';
import { formatTable } from './format.ts';

/** One line per secret, never a value. */
export function formatSecrets(secrets: readonly ListedSecret[]): string {
  const rows = secrets.map(({ name, origin, readers, purpose, ...secret }) => [
    name,
    origin,
    secret.rotatedAt === null ? 'never' : secret.rotatedAt.slice(0, 16).replace('T', ' '),
    secret.rotatable ? 'yes' : 'no',
    readers.length > 4 ? `${readers.length} components` : readers.join(', '),
    purpose,
  ]);
  const table = formatTable([
    ['SECRET', 'BY', 'ROTATED (UTC)', 'ROTATABLE', 'READ BY', 'WHAT FOR'],
    ...rows,
  ]);
  const halfway = secrets
    .filter((secret) => secret.halfway)
    .map(
      ({ name }) =>
        `The rotation of ${name} was cut off. Finish it: factsway-install secrets rotate ${name}`,
    );
  return [table, ...halfway].join('\n\n');
}
