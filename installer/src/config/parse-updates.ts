import { isMap, isScalar } from 'yaml';
import { didYouMean } from '../model/did-you-mean.ts';
import { FactswayError, together } from '../model/errors.ts';
import { updatesSettings, type UpdatesSettings } from '../model/updates/settings.ts';
import { phrase } from './phrase-issue.ts';
import { readDocument, type ReadDocument } from './read-document.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(updatesSettings.shape),
  replica: ['bucket', 'region'],
};

/** The text of an updates.yaml. Throws FW-CONFIG-SYNTAX, FW-CONFIG-UNKNOWN-KEY, FW-CONFIG-INVALID with line and column. */
export function parseUpdates(text: string, source: string): UpdatesSettings {
  const read = readDocument(text, source);
  const { data, error } = updatesSettings.safeParse(read.value);
  if (data) return data;
  const errors = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey([...issue.path, key], source, read))
      : [
          new FactswayError(
            'FW-CONFIG-INVALID',
            `${source}${placeOf(issue.path, read)}: ${issue.path.join('.') || 'the document'} ${isMissing(issue.path, read) ? 'is missing' : phrase(issue)}.`,
            `Correct it in ${source}; nothing was changed.`,
          ),
        ],
  );
  const isUnknown = ({ code }: FactswayError): number => Number(code === 'FW-CONFIG-UNKNOWN-KEY');
  const [first, ...others] = errors.toSorted((a, b) => isUnknown(b) - isUnknown(a));
  if (!first) throw new Error('a failed validation without an issue');
  throw together(first, others);
}

function unknownKey(
  path: readonly PropertyKey[],
  source: string,
  read: ReadDocument,
): FactswayError {
  const known = KEYS[path.slice(0, -1).join('.')] ?? [];
  return new FactswayError(
    'FW-CONFIG-UNKNOWN-KEY',
    `${source}${placeOf(path, read)}: unknown key "${path.join('.')}".`,
    `${didYouMean(String(path.at(-1)), known)}Known here: ${known.join(', ')}. Nothing was changed.`,
  );
}

const isMissing = (path: readonly PropertyKey[], { document }: ReadDocument): boolean =>
  path.length > 0 && document.getIn(path) === undefined;

/** `:line:column` of a key, or of the nearest above it that is there. */
function placeOf(path: readonly PropertyKey[], { document, lines }: ReadDocument): string {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1]);
    if (!pair || !isScalar(pair.key) || !pair.key.range) continue;
    const { line, col } = lines.linePos(pair.key.range[0]);
    return `:${line}:${col}`;
  }
  return '';
}
