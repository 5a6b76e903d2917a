import { stringify } from 'yaml';

/** YAML in the order of the object, nothing folded, nothing aliased: the same bytes for the same object. */
export const toYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: false });

/** Several documents of one file, with a line of explanation on top. */
export const documents = (comment: string, texts: readonly string[]): string =>
  `# ${comment}\n${texts.join('---\n')}`;
