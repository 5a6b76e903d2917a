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

const WHOLE_WORD =
  /^(PASS|PWD|PW|PIN|CREDS?|KEYS?|BEARER|DSN|SALT|SIG|AUTHORIZATION)$|(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|APIKEY)S?$/;
/** Written in one: DBPASS, SMTPPWD, ENCRYPTIONKEY; and what only ends like one. */
const WITHIN = /(PASS|PWD|KEYS?)$/;
const NO_SECRET = /^(BY|COM|SUR|TRES)PASS$|^(MON|TUR|DON|HOT|JOC|HOC|WHIS)KEYS?$/;
/** Of a secret, and none itself. */
const MEASURE =
  /^(TTL|LENGTH|MIN|MAX|SECONDS?|MINUTES?|HOURS?|DAYS?|TIMEOUT|SIZE|COUNT|LIMIT|EXPIRY|ROUNDS|COST)$/;
const SETTING = /^(scram-sha-256|md5|trust|peer|cert|reject|none)$/i;
/** Where programs keep their files. */
const PATH = /^\/(run|etc|var|opt|usr|srv|home|data|tls|secrets|certs?|tmp)\/[\w./-]+$/;

/**
 * The same for text nobody checked, where to be wrong means a secret in clear: any word of the name, in whichever case
 * and notation, with or without a number behind it. A path, a public key and a length are none.
 */
export function mayBeSecret(name: string, value: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replaceAll(/PUBLIC[^A-Z0-9]?KEYS?/g, '')
    .split(/[^A-Z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''));
  const isNamed = words.some(
    (word) => (WHOLE_WORD.test(word) || WITHIN.test(word)) && !NO_SECRET.test(word),
  );
  if (!isNamed && words.at(-1) !== 'AUTH') return false;
  if (/^\d{1,9}$/.test(value) && words.some((word) => MEASURE.test(word))) return false;
  if (words[0] === 'MAX' && /^\d+$/.test(value)) return false;
  return !SWITCH.test(value) && !SETTING.test(value) && !PATH.test(value);
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
