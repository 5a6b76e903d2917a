/*
 * The grammar of an image reference (github.com/distribution/reference, reference.go): host, path, tag, digest.
 */
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = String.raw`(?:${LABEL}(?:\.${LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?`;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = String.raw`:(?<tag>\w[\w.-]{0,127})`;
const DIGEST = '@(?<digest>sha256:[a-f0-9]{64})';

export const IMAGE_REFERENCE = new RegExp(
  `^(?:${HOST}/)?${PART}(?:/${PART})*(?:${TAG})?(?:${DIGEST})?$`,
);
export const REGISTRY = new RegExp(`^${HOST}(?:/${PART})*$`);
/** Of name, tag and digest together; longer than any engine takes. */
const LONGEST = 255 + 128 + 72;
const LONGEST_NAME = 255;

type Problem = { readonly message: string };
const problem = (message: string): Problem => ({ message });

/** What is wrong with an image reference; undefined for a good one. */
export function imageReferenceProblem(reference: string): Problem | undefined {
  const groups = reference.length > LONGEST ? undefined : IMAGE_REFERENCE.exec(reference)?.groups;
  if (!groups || nameLength(reference, groups) > LONGEST_NAME)
    return problem('must be an image reference such as registry.example.com/prometheus:v3.5.0');
  if (groups['tag'] === 'latest')
    return problem('must name a version: :latest is another image every day');
  if (groups['tag'] === undefined && groups['digest'] === undefined)
    return problem(
      'must name a version, such as :v3.5.0 or @sha256:…; without one it would be :latest',
    );
  return undefined;
}

function nameLength(
  reference: string,
  groups: Readonly<Record<string, string | undefined>>,
): number {
  const rest = [groups['tag'], groups['digest']].flatMap((part) => part ?? []);
  return reference.length - rest.reduce((sum, part) => sum + 1 + part.length, 0);
}

/** What is wrong with what stands before the name of an image; undefined for a good one. */
export function registryProblem(prefix: string): Problem | undefined {
  return prefix.length <= LONGEST_NAME && REGISTRY.test(prefix)
    ? undefined
    : problem(
        'must be a registry prefix such as registry.example.com/factsway, without https:// and tag',
      );
}
