import type { AnyCheck } from '../checks/analysers/preflight/check.ts';
import { tlsChain } from '../checks/analysers/preflight/tls-chain.ts';
import { tlsFilesCheck } from '../checks/analysers/preflight/tls-files.ts';
import { tlsKey } from '../checks/analysers/preflight/tls-key.ts';
import { tlsName } from '../checks/analysers/preflight/tls-name.ts';
import { tlsValidity } from '../checks/analysers/preflight/tls-validity.ts';
import { certificateFacts } from '../checks/collectors/certificate-facts.ts';
import { FactswayError, together } from '../model/errors.ts';
import { EXIT } from '../model/exit-codes.ts';
import type { Desired } from '../planner/desired.ts';
import type { Clock } from '../ports/host.ts';

/** What holds of a certificate at any time, so that rendering depends on its files and on no clock. */
const TIMELESS: readonly AnyCheck[] = [tlsFilesCheck, tlsKey, tlsChain, tlsName];

export type CertificateInspection = {
  /** Absent where nothing is started: whether a certificate has expired is not a matter of files. */
  readonly clock?: Clock;
  /** Names of checks whose verdict does not count (--skip-check). */
  readonly skip: readonly string[];
  /** False where preflight has told of them. */
  readonly doubts: boolean;
};

/**
 * Looks at the certificate of the customer before anything is planned. A new one has to pass; of the one that is
 * in use already nothing is refused, since whatever else is to be done does not make it worse. Throws the FW-TLS
 * codes, all that apply together; returns warnings.
 */
export function inspectCertificate(
  { certificate, catalog, directory }: Desired,
  { clock, skip, doubts }: CertificateInspection,
): string[] {
  if (!certificate) return [];
  const { pair, imported, problem, absent } = certificate;
  if (problem && !(absent && pair)) throw problem;
  if (!pair) return [];
  const clockFacts = clock && {
    nowMs: clock.now().getTime(),
    builtMs: undefined,
    synchronised: undefined,
    registry: undefined,
  };
  const facts = {
    tls: certificateFacts(pair, certificate),
    ...(clockFacts ? { clock: clockFacts } : {}),
  };
  const judged = [...TIMELESS, ...(clock ? [tlsValidity] : [])]
    .filter(({ name }) => !skip.includes(name))
    .map((check) => ({
      check,
      verdict: check.analyse(facts, { purpose: 'install', catalog, directory }),
    }));
  const failed = judged.filter(({ verdict }) => verdict.status === 'fail');
  const inUse = pair.id === imported;
  if (!inUse) {
    const [first, ...others] = failed.map(
      ({ verdict: { code, found, remedy, details } }) =>
        new FactswayError(
          code ?? 'FW-BUG',
          `${found}.`,
          `${remedy}. Nothing was changed.`,
          details,
          EXIT.check,
        ),
    );
    if (first) throw together(first, others);
  }
  const gone = problem
    ? [
        `${problem.message.replace(/\.$/, '')}: the certificate that was brought in earlier stays in use.`,
      ]
    : [];
  // What was a doubt when the pair came was told then; that it ends soon is worth telling each time.
  const told = judged.filter(
    ({ check, verdict: { status } }) =>
      status === 'fail' || (status === 'warn' && (!inUse || check === tlsValidity)),
  );
  return [...gone, ...(doubts ? told.map(({ verdict }) => `${verdict.found}.`) : [])];
}
