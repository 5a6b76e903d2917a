import type { Manifest } from '../manifest.ts';
import { fieldProblems } from './fields.ts';
import { nameProblem } from './names.ts';
import { validatorOf } from './schemas.ts';
import { strictProblems } from './strict.ts';
import { wholeProblems } from './wholes.ts';

/**
 * Everything the API server would refuse or drop of a built tree, as `Kind name: path: what is wrong`; stricter than
 * the server where it is silent (unknown keys, empty values, services of no pods). For tests: the schemas are
 * development dependencies.
 */
export function schemaProblems(manifests: readonly Manifest[]): readonly string[] {
  return manifests.flatMap((manifest) =>
    problemsOf(manifest, manifests).map(
      (problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`,
    ),
  );
}

function problemsOf(manifest: Manifest, tree: readonly Manifest[]): readonly string[] {
  const { apiVersion, kind, metadata } = manifest;
  const schema = validatorOf(apiVersion, kind);
  if (schema === undefined) return [`${apiVersion} has no such kind, or none we export`];
  const name = nameProblem(kind, metadata.name);
  return [
    ...(name === undefined ? [] : [`/metadata/name: ${name}`]),
    ...strictProblems(schema, manifest),
    ...fieldProblems(manifest),
    ...wholeProblems(manifest, tree),
  ];
}
