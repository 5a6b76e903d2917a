import { parseDocument } from 'yaml';
import { updateManifest, type UpdateManifest } from '../model/updates/manifest.ts';

export type ReadManifest =
  | { readonly manifest: UpdateManifest }
  /** Every reason why it is none. */
  | { readonly problems: readonly string[] };

/** A text as the manifest of an update, or what is wrong with it, in a few words each. */
export function parseManifest(text: string): ReadManifest {
  const document = parseDocument(text, {
    version: '1.1',
    prettyErrors: false,
    logLevel: 'error',
    schema: 'core',
  });
  if (document.errors.length > 0) return { problems: ['is no YAML'] };
  const value: unknown = document.toJS();
  const { data, error } = updateManifest.safeParse(value);
  if (data) return { manifest: data };
  return {
    problems: error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the document'}: ${message}`,
    ),
  };
}
