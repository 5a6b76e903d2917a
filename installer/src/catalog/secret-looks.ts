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

const CREDENTIALS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an address with a password', /:\/\/[^\s/?#@:]*:[^\s/?#@]+@/],
  [
    'a password',
    /(^|[\s;,&?])(password|passwd|pwd|secret|token|api_?key|accountkey)\s*=\s*[^\s;,&]/i,
  ],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
];

/** What a value gives away, as a noun; undefined where it looks harmless. The value itself is never repeated. */
export function credentialIn(value: string): string | undefined {
  return CREDENTIALS.find(([, pattern]) => pattern.test(value))?.[0];
}
