import { shellWord } from '../../../model/shell.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';
import { hasTlsFiles } from './tls-files.ts';

export const tlsChain = defineCheck({
  name: 'tls-chain',
  proves: 'Each certificate of the file is signed by the next, up to a root that clients know.',
  warns: 'the chain ends at an authority that is in no browser',
  fails: 'one is not signed by the next: wrong order, or one between is missing',
  codes: ['FW-TLS-CHAIN'],
  remedy: "One file, the server's own first: cat server.crt intermediate.crt > chain.crt",
  purposes: ['install', 'upgrade'],
  needs: ['tls'],
  applies: hasTlsFiles,
  analyse({ tls: { chain, keyOf, certificateFile, endsAtKnownRoot } }) {
    const order = `Put them in order, the server's own first, each followed by its issuer: cat server.crt intermediate.crt > ${shellWord(certificateFile)}`;
    if (keyOf > 0)
      return refusal(
        'FW-TLS-CHAIN',
        `${certificateFile}: ${chain[keyOf]?.subject ?? ''}, the server's own by its key, is certificate ${keyOf + 1} of ${chain.length}; it must be the first`,
        order,
      );
    const broken = chain.findIndex(({ signedByNext }) => signedByNext === false);
    if (broken >= 0) {
      const [one, next] = [chain[broken], chain[broken + 1]];
      return refusal(
        'FW-TLS-CHAIN',
        `${certificateFile}: ${one?.subject ?? ''} is issued by ${one?.issuer ?? ''}, but ${next?.subject ?? ''} follows`,
        order,
      );
    }
    const last = chain.at(-1);
    const found = `${count(chain.length, 'certificate', 'certificates')} in order`;
    if (endsAtKnownRoot) return fine(`${found}, to a root every browser knows`);
    return doubt(
      last?.selfSigned === true
        ? `${found}, to ${last.subject}, a root of your own: every client has to be given it`
        : `${found}, but ${last?.issuer ?? ''}, who issued the last, is no root that browsers know`,
      'Append the missing intermediate certificates, or give the root to every client: docs/operations/deployment.md, step 4; then --skip-check tls-chain',
    );
  },
});
