import { credentialIn, mayBeSecret } from '../../installer/src/catalog/secret-looks.ts';

/** A name and its value, wherever they stand, also one within the other: NAME=value, a header, JSON, YAML, a query. */
const NAMED =
  /(["']?)([A-Za-z][\w.-]*)\1\s*[:=]\s*(?=("[^"]*"|'[^']*'|(?:bearer|basic)\s+\S+|[^\s'";,&|)}]+))/gi;
/** --name or -name, to be followed by its value. */
const OPTION = /^-{1,2}([A-Za-z][\w-]*)$/;
const IN_CLEAR: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a login', /\b(bearer|basic)\s+[\w+/=.-]{6,}/i],
  ['an address with a login', /:\/\/[^\s/@]+@|:\/\/[^\s:]*:[^\s]*@/],
  ['an address with a login', /(^|[\s=,'"])[^\s:@/='"]+:[^\s:@/]+@[\w.-]+/],
  [
    'an address that is a secret',
    /hooks\.slack\.com\/|webhook\.office\.com\/|discord(app)?\.com\/api\/webhooks\//i,
  ],
  ['a key of a service', /\b(glpat-|sk-[A-Za-z]+-|sk-[A-Za-z0-9]{16})/],
  ['a password of a client', /\b(mysql|mysqldump|mysqladmin|mariadb)\b.*\s-p[^\s]+/],
  ['a password of a client', /\bredis-cli\b.*\s-a\s+\S+/],
];
/** name:password of curl, wget and the like; two numbers are a user and a group. */
const LOGIN =
  /(?:^|\s)(?:-[A-Za-z]*[uU]|--user|--proxy-user)(?:\s+|=)?['"]?(?!\d+:\d+(?:['"\s]|$))[^\s:'"]+:[^\s'"]+/;

/**
 * Of variables those that would stand in the manifests in clear. To be wrong on the careful side costs an overlay, on the
 * other side a secret. Values are never repeated.
 */
export const isInClear = (name: string, value: string): boolean =>
  mayBeSecret(name, value) || secretAmongWords([value]) !== undefined;

/** The same for the words of a command, each of which may be a line for a shell: what it is, as a noun. */
export function secretAmongWords(words: readonly string[]): string | undefined {
  const all = words.flatMap((word) => word.split(/\s+/));
  const named = [
    ...words.flatMap((word) =>
      [...word.matchAll(NAMED)].map(
        ([, , name = '', value = '']) => [name, value.replaceAll(/^["']|["']$/g, '')] as const,
      ),
    ),
    ...all.map((word, index) => [OPTION.exec(word)?.[1] ?? '', all[index + 1] ?? ''] as const),
  ];
  const found = named.find(([name, value]) => value !== '' && mayBeSecret(name, value));
  if (found) return found[0];
  const line = words.join(' ');
  if (LOGIN.test(line)) return 'a login';
  return (
    credentialIn(line) ??
    words.map(credentialIn).find((what) => what !== undefined) ??
    IN_CLEAR.find(([, pattern]) => pattern.test(line))?.[0]
  );
}
