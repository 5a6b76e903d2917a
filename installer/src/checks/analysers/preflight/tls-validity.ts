import { shellWord } from '../../../model/shell.ts';
import { defineCheck, doubt, fine, refusal } from './check.ts';
import { hasTlsFiles } from './tls-files.ts';

const WARN_DAYS = 30;
const DAY_MS = 86_400_000;

export const tlsValidity = defineCheck({
  name: 'tls-validity',
  proves: 'Every certificate of the file is valid today and for some time to come.',
  warns: `fewer than ${WARN_DAYS} days left`,
  fails: 'expired, or not valid yet',
  codes: ['FW-TLS-EXPIRED', 'FW-TLS-NOT-YET-VALID'],
  remedy: 'openssl x509 -in FILE -noout -dates; a new certificate from whoever issued it',
  purposes: ['install', 'upgrade'],
  needs: ['tls', 'clock'],
  applies: hasTlsFiles,
  analyse({ tls: { chain, certificateFile }, clock: { nowMs } }) {
    const look = `What it says: openssl x509 -in ${shellWord(certificateFile)} -noout -dates   and what time it is here: date`;
    const early = chain.find(({ notBeforeMs }) => nowMs < notBeforeMs);
    if (early)
      return refusal(
        'FW-TLS-NOT-YET-VALID',
        `${early.subject} is not valid before ${day(early.notBeforeMs)}`,
        look,
      );
    const first = chain.toSorted((a, b) => a.notAfterMs - b.notAfterMs)[0];
    if (!first) return fine('no certificate');
    if (nowMs >= first.notAfterMs)
      return refusal(
        'FW-TLS-EXPIRED',
        `${first.subject} expired on ${day(first.notAfterMs)}`,
        `Have a new one issued. ${look}`,
      );
    const left = Math.floor((first.notAfterMs - nowMs) / DAY_MS);
    const found = `valid until ${day(first.notAfterMs)}, ${left} days`;
    return left < WARN_DAYS
      ? doubt(`${first.subject}: ${found}`, `Have a new one issued. ${look}`)
      : fine(found);
  },
});

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
