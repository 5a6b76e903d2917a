import type { Row } from './hostile.ts';

const invalid = { code: 'FW-CONFIG-INVALID', exit: 2 } as const;
const usage = { code: 'FW-USAGE', exit: 2 } as const;

const hostName = (is: string, name: string): Row => ({
  is: `a host name ${is}`,
  ...invalid,
  message: /^--set: host\.name must be a DNS name such as/,
  hint: /^Correct host\.name in --set, for example: --set host\.name=factsway\.example\.com {3}Nothing/,
  settings: { 'host.name': name },
});
const setting = (is: string, key: string, value: string | number, message: RegExp): Row => ({
  is,
  ...invalid,
  message,
  hint: new RegExp(`Correct ${key.replaceAll('.', String.raw`\.`)} in --set`),
  settings: { [key]: value },
});
const typed = (is: string, words: readonly string[], message: RegExp, hint: RegExp): Row => ({
  is,
  ...usage,
  message,
  hint,
  command: words,
});

/** What can be typed. */
export const COMMAND_LINE: readonly Row[] = [
  hostName('that runs a command, $(…)', '$(reboot)'),
  hostName('that runs a command, `…`', '`reboot`'),
  hostName('that ends a command, ;', ';rm -rf /'),
  hostName('with a blank', 'law example'),
  hostName('with a line break', 'law.example.com\n:80'),
  hostName('of 300 characters', `${'a'.repeat(60)}.`.repeat(5)),
  // U+0430, which looks like the Latin letter.
  hostName('with a letter of another alphabet', 'f\u0430ctsway.example.com'),
  hostName('with a dot at its end', 'law.example.com.'),
  hostName('that is an address of a page', 'https://law.example.com/'),
  setting('port 0', 'edge.httpPort', 0, /edge\.httpPort must be at least 1/),
  setting('port 65536', 'edge.httpsPort', 65_536, /edge\.httpsPort must be at most 65535/),
  setting('a port in words', 'edge.httpsPort', 'https', /must be a whole number/),
  {
    is: 'one port for two listeners',
    ...invalid,
    message: /Port 28580 is given to edge .* and to edge/,
    hint: /Give each its own: edge\.httpPort, edge\.httpsPort/,
    settings: { 'edge.httpsPort': 28_580 },
  },
  {
    is: 'a port in a notation of programmers',
    ...invalid,
    message: /edge\.httpPort must be a whole number/,
    hint: /--set edge\.httpPort=80/,
    command: ['install', '--yes', '--set', 'edge.httpPort=0x50'],
  },
  setting('memory of no server', 'host.memory', '99999999TiB', /must be at most 64TiB/),
  setting('memory in words', 'host.memory', 'lots', /must be a size such as/),
  setting('memory in another unit', 'host.memory', '8 GB', /such as 512MiB or 8GiB/),
  {
    is: 'memory that is too little',
    code: 'FW-SIZING-TOO-SMALL',
    exit: 2,
    message: /host\.memory is 1GiB; the platform needs at least 6GiB/,
    hint: /factsway-install install .*--set host\.memory=6GiB/,
    settings: { 'host.memory': '1GiB' },
  },
  setting('fewer than no cores', 'host.cores', -2, /host\.cores must be at least 1/),
  {
    is: 'a time zone of another planet',
    ...invalid,
    message: /host\.timeZone must be a time zone of the IANA database/,
    hint: /timedatectl show/,
    settings: { 'host.timeZone': 'Mars/Phobos' },
  },
  setting(
    'an image reference that is none',
    'images.overrides.edge',
    'my proxy $(id):1',
    /images\.overrides\.edge must be an image reference/,
  ),
  {
    is: 'an image of a component that is none',
    ...invalid,
    message: /images\.overrides\.egde is not an image of the platform/,
    hint: /Use one of: postgres, backup, edge/,
    settings: { 'images.overrides.egde': 'proxy:1' },
  },
  {
    is: 'a public certificate without an e-mail address',
    ...invalid,
    message: /^the settings given: edge\.tls\.email is needed/,
    hint: /--set edge\.tls\.email=admin@example\.com {3}Nothing/,
    settings: { 'edge.tls.mode': 'acme', 'host.name': 'law.example.com' },
  },
  setting('a range of addresses that is none', 'network.subnet', '10.0.0.0/33', /IPv4 range/),
  setting('a project name that is a path', 'project', '../other', /project must be lower-case/),
  typed(
    'a time that is none',
    ['logs', 'edge', '--since', 'gestern'],
    /--since takes an age or a time; "gestern" is neither/,
    /--since 10m .*--since 2h .*--since 2026-01-31T10:00/,
  ),
  typed('a flag that is none', ['install', '--frobnicate'], /--frobnicate/, /install --help/),
  typed('a flag that is misspelt', ['install', '--answer', 'x'], /--answer/, /mean --answers\?/),
  typed('a command that is misspelt', ['instal'], /unknown command 'instal'/, /mean install\?/),
  typed('an argument too many', ['install', 'now'], /too many arguments/, /install --help/),
  typed('--set without =', ['install', '--set', 'hostname'], /key=value/, /edge\.httpsPort=8443/),
  {
    is: '--set of an element of a list there is not',
    code: 'FW-CONFIG-UNKNOWN-KEY',
    exit: 2,
    message: /unknown key "services\.environment\[99\]"/,
    hint: /Known here: logLevel/,
    settings: { 'services.environment[99]': 'x' },
  },
  {
    is: 'a check that is not there, skipped',
    ...usage,
    message: /There is no check "everything"/,
    hint: /Known: platform, /,
    command: ['install', '--yes', '--skip-check', 'everything'],
  },
];
