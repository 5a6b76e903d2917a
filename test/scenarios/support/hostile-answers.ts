import { answers } from './hostile-files.ts';
import type { Row } from './hostile.ts';

const NAME = 'host:\n  name: law.example.com\n';
/** Nine to the power of the levels: small as a file, and gigabytes if it were written out. */
const BOMB = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].reduce(
  (lines, level, index) =>
    `${lines}${level}: &${level} [${Array(9)
      .fill(`*${'abcdefgh'.charAt(index)}`)
      .join(', ')}]\n`,
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n',
);
const syntax = { code: 'FW-CONFIG-SYNTAX', exit: 2 } as const;
const invalid = { code: 'FW-CONFIG-INVALID', exit: 2 } as const;
const unknown = { code: 'FW-CONFIG-UNKNOWN-KEY', exit: 2 } as const;
const encoding = { code: 'FW-CONFIG-ENCODING', exit: 2 } as const;

/** What an answers file can hold. */
export const ANSWERS: readonly Row[] = [
  {
    is: 'a key that is misspelt',
    ...unknown,
    message: /answers\.yaml:2:3: unknown key "edge\.htpsPort"/,
    hint: /Did you mean "edge\.httpsPort"\?/,
    world: answers('edge:\n  htpsPort: 8443\n'),
  },
  {
    is: 'a number in quotes',
    ...invalid,
    message: /answers\.yaml:2:3: edge\.httpPort must be a whole number/,
    hint: /Correct edge\.httpPort in answers\.yaml/,
    world: answers('edge:\n  httpPort: "80"\n'),
  },
  {
    is: 'a version that YAML takes for a number',
    ...invalid,
    message: /release\.version must be a text, in quotes/,
    hint: /Correct release\.version in answers\.yaml/,
    world: answers('release:\n  version: 1.0\n'),
  },
  {
    is: 'a value where a section belongs',
    ...invalid,
    message: /answers\.yaml:1:1: host must be a section with keys of its own/,
    hint: /Correct host in answers\.yaml/,
    world: answers('host: law.example.com\n'),
  },
  {
    is: 'a list where the sections belong',
    ...invalid,
    message: /the document must be a section/,
    hint: /Correct the document in answers\.yaml/,
    world: answers('- host\n- edge\n'),
  },
  {
    is: 'a value that is missing',
    ...invalid,
    message: /answers\.yaml:2:3: host\.name must be a text/,
    hint: /Correct host\.name/,
    world: answers('host:\n  name:\n'),
  },
  {
    is: 'a key that stands twice',
    ...syntax,
    message: /answers\.yaml:3:3: Map keys must be unique/,
    hint: /Correct line 3 of answers\.yaml/,
    world: answers(`${NAME}  name: other.example.com\n`),
  },
  {
    is: 'a section that stands twice',
    ...syntax,
    message: /answers\.yaml:3:1: Map keys must be unique/,
    hint: /Correct line 3/,
    world: answers(`${NAME}host:\n  cores: 2\n`),
  },
  {
    is: 'a YAML bomb of aliases',
    ...syntax,
    message: /aliases \(\*\) multiply/,
    hint: /Write the values out in answers\.yaml/,
    world: answers(BOMB),
  },
  {
    is: 'a YAML bomb of brackets',
    ...syntax,
    message: /Nested more deeply/,
    hint: /Correct line 1/,
    world: answers('['.repeat(50_000)),
  },
  {
    is: 'an alias without its anchor',
    ...syntax,
    message: /answers\.yaml:2:9: the alias \*\.example\.com has no anchor/,
    hint: /"\*\.example\.com"/,
    world: answers('host:\n  name: *.example.com\n'),
  },
  {
    is: 'two documents in one file',
    ...syntax,
    message: /answers\.yaml:3:1: A second document begins here/,
    hint: /Correct line 3/,
    world: answers(`${NAME}---\n${NAME}`),
  },
  {
    is: 'tabs as indentation',
    ...syntax,
    message: /answers\.yaml:2:1: Tabs are not allowed as indentation/,
    hint: /Correct line 2/,
    world: answers('host:\n\tname: law.example.com\n'),
  },
  {
    is: 'CR LF, and a mistake whose line is counted right all the same',
    ...invalid,
    message: /answers\.yaml:3:3: host\.cores must be a whole number/,
    hint: /Correct host\.cores/,
    world: answers('host:\r\n  name: law.example.com\r\n  cores: two\r\n'),
  },
  {
    is: 'a byte order mark, and a mistake on its line',
    ...unknown,
    message: /answers\.yaml:1:1: unknown key "hosts"/,
    hint: /Did you mean "host"\?/,
    world: answers('\uFEFFhosts:\n  name: law.example.com\n'),
  },
  {
    is: 'UTF-16 with its mark, as Windows saves "Unicode"',
    ...encoding,
    message: /answers\.yaml is in UTF-16; it must be in UTF-8/,
    hint: /iconv -f UTF-16 -t UTF-8 answers\.yaml/,
    world: answers(Buffer.from(`\uFEFF${NAME}`, 'utf16le')),
  },
  {
    is: 'a letter in Windows-1252',
    ...encoding,
    message: /answers\.yaml:1: this line is not in UTF-8/,
    hint: /iconv -f WINDOWS-1252 -t UTF-8 answers\.yaml/,
    world: answers(Buffer.from(`# caf\xE9\n${NAME}`, 'latin1')),
  },
  {
    is: 'a zero byte in a name',
    ...invalid,
    message: /host\.name must be a DNS name/,
    hint: /Correct host\.name/,
    world: answers('host:\n  name: law\0.example.com\n'),
  },
  {
    is: '20 MB of text',
    ...invalid,
    message: /answers\.yaml is larger than a configuration file can be \(256 KiB\)/,
    hint: /Check that it is the file you meant/,
    world: answers('a'.repeat(20_000_000)),
  },
  {
    is: 'the version of a format that is still to come',
    ...invalid,
    code: 'FW-CONFIG-NEWER',
    message:
      /answers\.yaml is of the form factsway\/v9, .* this one knows forms up to factsway\/v2/,
    hint: /Use the installer that wrote it, or a later one/,
    world: answers('apiVersion: factsway/v9\n'),
  },
  {
    is: 'a key that would reach into JavaScript itself',
    ...unknown,
    message: /unknown key "__proto__"/,
    hint: /Known here: apiVersion/,
    world: answers('__proto__:\n  ok: true\n'),
  },
];
