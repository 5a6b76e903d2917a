import { credentialIn, mayBeSecret } from '../../installer/src/catalog/secret-looks.ts';

/** NAME=value and --name=value, wherever a word begins. */
const ASSIGNED = /(?:^|[\s'";,&|(])-{0,2}([A-Za-z][\w.-]*)=("[^"]*"|'[^']*'|[^\s'";,&|)]+)/g;
/** --name or -name, to be followed by its value. */
const OPTION = /^-{1,2}([A-Za-z][\w-]*)$/;
/** curl -u name:password. */
const LOGIN = /(?:^|\s)(?:-u|--user)(?:\s+|=)?['"]?[^\s:'"]+:[^\s'"]+/;

/**
 * What would stand in the manifests in clear, by the name it has; undefined where nothing looks like it. To be wrong on
 * the careful side costs an overlay, on the other side a secret. The value itself is never repeated.
 */
export function secretAmongVariables(
  variables: Readonly<Record<string, string>>,
): string | undefined {
  return Object.entries(variables).find(
    ([name, value]) =>
      mayBeSecret(name, value) ||
      credentialIn(value) !== undefined ||
      secretAmongWords([value]) !== undefined,
  )?.[0];
}

/** The same for the words of a command, each of which may be a line for a shell. */
export function secretAmongWords(words: readonly string[]): string | undefined {
  const all = words.flatMap((word) => word.split(/\s+/));
  const named = [
    ...words.flatMap((word) =>
      [...word.matchAll(ASSIGNED)].map(([, name = '', value = '']) => [name, value] as const),
    ),
    ...all.map((word, index) => {
      const value = all[index + 1] ?? '';
      return [OPTION.exec(word)?.[1] ?? '', value.startsWith('-') ? '' : value] as const;
    }),
  ];
  const found = named.find(([name, value]) => value !== '' && mayBeSecret(name, value));
  if (found) return found[0];
  const line = words.join(' ');
  if (LOGIN.test(line)) return '-u';
  return credentialIn(line) ?? words.map(credentialIn).find((what) => what !== undefined);
}
