import { expect, it } from 'vitest';
import { withoutOneNewline } from './secret-file.ts';

it.each([
  ['plain', 'plain'],
  ['plain\n', 'plain'],
  ['two\n\n', 'two\n'],
  ['in\nside\n', 'in\nside'],
  [' spaces \n', ' spaces '],
  ['dos\r\n', 'dos\r'],
  [`$:{}"'#\\n%&é\\\n`, `$:{}"'#\\n%&é\\`],
])('%j is the secret %j', (text, secret) => {
  expect(withoutOneNewline(text)).toBe(secret);
});
