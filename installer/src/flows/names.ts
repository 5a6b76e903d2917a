import { COMPONENT_IMAGES } from '../catalog/images.ts';
import { MIGRATIONS } from '../catalog/components/migrations.ts';
import { SECRETS } from '../catalog/secrets.ts';
import { SERVICES } from '../catalog/services/index.generated.ts';
import { PREFLIGHT_CHECKS } from '../checks/analysers/preflight/table.ts';
import { GATES } from '../checks/gates.ts';

/** Components by the name that `logs` takes, whatever the configuration leaves out. */
export function componentNames(): string[] {
  return [...Object.keys(COMPONENT_IMAGES), MIGRATIONS, ...SERVICES.map(({ name }) => name)].sort();
}

/** Secrets that may be there and that are ours to make anew. */
export function secretNames(): string[] {
  return Object.entries(SECRETS).flatMap(([name, { given }]) => (given ? [] : [name]));
}

export function checkNames(): string[] {
  return PREFLIGHT_CHECKS.map(({ name }) => name);
}

export function gateNames(): string[] {
  return GATES.map(({ name }) => name);
}
