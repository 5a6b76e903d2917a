/** Last words of names of variables whose value opens something. */
const SECRET_WORDS =
  /(^|_)(PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|SECRETS?|TOKEN|CREDENTIALS?|APIKEYS?|KEYS?)$/;
/** What ends like a secret and is none. */
const PUBLIC = /(^|_)PUBLIC_KEYS?$/;
const SWITCH = /^(true|false|yes|no|on|off|)$/i;

/** Whether a variable is named like a secret. `…_FILE` is a path and none; nor is a switch such as REQUIRE_PASSWORD=true. */
export function looksSecret(name: string, value: string): boolean {
  return SECRET_WORDS.test(name) && !PUBLIC.test(name) && !SWITCH.test(value);
}

const SECRET_WORD =
  /(^(PASS|PWD|PW|PIN|CREDS?|KEYS?|AUTH|BEARER|DSN|SALT)|PASSWORDS?|PASSWD|PASSPHRASE|SECRETS?|TOKENS?|CREDENTIALS?|APIKEYS?)$/;

/**
 * The same for text nobody checked, where to be wrong means a secret in clear: any word of the name, in whichever case
 * and notation. A path to a file, and what is public by its name, is none.
 */
export function mayBeSecret(name: string, value: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  const isPath = words.at(-1) === 'FILE' && value.startsWith('/');
  return (
    words.some((word) => SECRET_WORD.test(word)) &&
    !words.includes('PUBLIC') &&
    !isPath &&
    !SWITCH.test(value)
  );
}

const CREDENTIALS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an address with a password', /:\/\/[^\s/?#@:]*:[^\s/?#@]+@/],
  [
    'a password',
    /(^|[\s;,&?])(password|passwd|pwd|secret|token|api_?key|accountkey)\s*=\s*[^\s;,&]/i,
  ],
  [
    'a key of a service',
    /(^|[^A-Za-z0-9])(sk|rk|pk)_(live|test)_[A-Za-z0-9]|(^|\W)(gh[pousr]_|github_pat_|xox[abprs]-|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.)/,
  ],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
];

/** What a value gives away, as a noun; undefined where it looks harmless. The value itself is never repeated. */
export function credentialIn(value: string): string | undefined {
  return CREDENTIALS.find(([, pattern]) => pattern.test(value))?.[0];
}
