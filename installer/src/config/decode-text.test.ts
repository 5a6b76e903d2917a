import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { decodeText } from './decode-text.ts';

const TEXT = 'host:\n  name: kanzlei-müller.example.com\n';
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const decode = (bytes: Uint8Array): string => decodeText(bytes, 'answers.yaml', '/my files/a.yaml');

describe('the bytes of a configuration file', () => {
  it.each([
    ['plain', TEXT],
    ['with a byte order mark', `\uFEFF${TEXT}`],
    ['with lines as Windows ends them', TEXT.replaceAll('\n', '\r\n')],
    ['empty', ''],
  ])('in UTF-8, %s, are taken as they are', (_what, text) => {
    expect(decode(Buffer.from(text))).toBe(text);
  });

  it.each([
    ['UTF-16', 'UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16, the other way round', 'UTF-16', utf16be(`\uFEFF${TEXT}`)],
    ['UTF-16 without a mark', 'UTF-16LE', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 without a mark, the other way round', 'UTF-16BE', utf16be(TEXT)],
    ['UTF-32', 'UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ['UTF-32, the other way round', 'UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
  ])('in %s are refused with how to convert them', (_what, encoding, bytes) => {
    const error = errorOf(() => decode(bytes));
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-ENCODING', 2]);
    expect(error.message).toBe(`answers.yaml is in ${encoding}; it must be in UTF-8.`);
    expect(error.hint).toContain(
      `iconv -f ${encoding} -t UTF-8 '/my files/a.yaml' > '/my files/a.yaml.utf8' && mv '/my files/a.yaml.utf8' '/my files/a.yaml'`,
    );
  });

  it('in an older encoding are refused with the line that shows it', () => {
    const error = errorOf(() => decode(Buffer.from(TEXT, 'latin1')));
    expect(error.code).toBe('FW-CONFIG-ENCODING');
    expect(error.message).toBe(
      'answers.yaml:2: this line is not in UTF-8, but probably in Windows-1252 (ISO 8859-1).',
    );
    expect(error.hint).toContain('iconv -f WINDOWS-1252 -t UTF-8');
  });
});
