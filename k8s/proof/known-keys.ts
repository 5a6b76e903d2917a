/**
 * An extractor that overlooks a key would call two sides equal that are not: what it cannot read stops it.
 * @throws Error naming the key and where it stands
 */
export function onlyKnown(value: object, known: readonly string[], where: string): void {
  const strange = Object.entries(value).find(
    ([key, content]) => content !== undefined && content !== null && !known.includes(key),
  );
  if (strange) throw new Error(`${where}: nobody reads "${strange[0]}" here`);
}

/** The parts of `registry/name:tag@digest`. */
export function imageParts(reference: string): { name: string; tag: string; digest: string } {
  const [rest = '', digest = ''] = reference.split('@');
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  return {
    name: tagged ? rest.slice(0, colon) : rest,
    tag: tagged ? rest.slice(colon + 1) : '',
    digest,
  };
}
