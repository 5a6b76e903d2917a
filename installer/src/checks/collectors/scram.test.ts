import { describe, expect, it } from 'vitest';
import { opens, scramVerifier } from './scram.ts';

/** RFC 7677, section 3: password `pencil`, this salt, 4096 rounds; the keys follow from its client and server proof. */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const VERIFIER =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

describe('what PostgreSQL keeps of a password', () => {
  it('is made as the RFC says', () => {
    expect(scramVerifier('pencil', SALT)).toBe(VERIFIER);
  });

  it('opens with that password and no other, whatever the salt', () => {
    const torture = String.raw`$:{}"'#\n%&é`;
    const verifier = scramVerifier(torture, Buffer.from('another salt'));
    expect(opens(torture, verifier)).toBe(true);
    expect(opens(`${torture} `, verifier)).toBe(false);
    expect(opens('pencil', VERIFIER)).toBe(true);
  });

  it.each(['', 'md5d41d8cd98f00b204e9800998ecf8427e', 'SCRAM-SHA-256$4096:salt'])(
    'of another kind opens with nothing: %s',
    (verifier) => {
      expect(opens('pencil', verifier)).toBe(false);
    },
  );
});
