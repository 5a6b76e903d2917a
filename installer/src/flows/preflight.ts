import type { AnyCheck, FactName, Wanted } from '../checks/analysers/preflight/check.ts';
import { PREFLIGHT_CHECKS } from '../checks/analysers/preflight/table.ts';
import { COLLECTORS } from '../checks/collectors/preflight/collectors.ts';
import type { PreflightView } from '../checks/collectors/preflight/view.ts';
import { PURPOSES, type PreflightFacts, type Purpose } from '../checks/facts-preflight.ts';
import type { CheckResult } from '../model/check-result.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { FactswayError, toFactswayError } from '../model/errors.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';

/** Longer than any collector takes that still comes to an end; their own calls give up before. */
const DEADLINE_MS = 12_000;

export type PreflightRequest = {
  readonly purpose: Purpose;
  /** Names of checks whose verdict does not count. */
  readonly skip: readonly string[];
  readonly deadlineMs?: number;
};

/** The value of --for. Throws FW-USAGE. */
export function readPurpose(text: string): Purpose {
  const purpose = PURPOSES.find((one) => one === text);
  if (purpose !== undefined) return purpose;
  throw new FactswayError(
    'FW-USAGE',
    `There is no preflight for "${text}".`,
    `${didYouMean(text, PURPOSES)}Known: ${PURPOSES.join(', ')}`,
  );
}

/** Throws FW-USAGE for a name that no check has: a misspelt one must not read as a skipped one. */
export function requireCheckNames(names: readonly string[]): void {
  const known = PREFLIGHT_CHECKS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new FactswayError(
    'FW-USAGE',
    `There is no check "${unknown}".`,
    `${didYouMean(unknown, known)}Known: ${known.join(', ')}`,
  );
}

/** Every check that applies, in the order of the table. Facts are collected side by side, each once; nothing is changed. */
export async function preflight(
  { purpose, skip, deadlineMs = DEADLINE_MS }: PreflightRequest,
  { directory, catalog }: Desired,
  ports: Ports,
): Promise<CheckResult[]> {
  requireCheckNames(skip);
  const fact = factSource({ purpose, directory, catalog }, ports, deadlineMs);
  const checks = PREFLIGHT_CHECKS.filter(
    ({ purposes, applies }) => purposes.includes(purpose) && (applies?.(catalog) ?? true),
  );
  return Promise.all(
    checks.map(async (check) => {
      const result = await judge(check, fact, { purpose, directory, catalog });
      return skip.includes(check.name) ? skipped(result) : result;
    }),
  );
}

type FactSource = PreflightView['fact'];

function factSource(wanted: Wanted, ports: Ports, deadlineMs: number): FactSource {
  const collected = new Map<FactName, Promise<unknown>>();
  const fact: FactSource = <Name extends FactName>(name: Name) => {
    const known = collected.get(name) ?? within(deadlineMs, name, COLLECTORS[name](view));
    collected.set(name, known);
    return known as Promise<PreflightFacts[Name]>;
  };
  let containers: ReturnType<PreflightView['containers']> | undefined;
  const view: PreflightView = {
    ...wanted,
    ports,
    fact,
    containers: () =>
      (containers ??= fact('engine').then(() =>
        ports.docker.containers(wanted.catalog.context.config.project),
      )),
  };
  return fact;
}

/** A collector that hangs is one that failed. */
async function within<T>(ms: number, name: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name}: no answer within ${ms / 1000} s`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function judge(check: AnyCheck, fact: FactSource, wanted: Wanted): Promise<CheckResult> {
  const { name, needs, answersFor } = check;
  const outcomes = await Promise.allSettled(needs.map((need) => fact(need)));
  const missing = needs.find((_, index) => outcomes[index]?.status === 'rejected');
  if (missing === undefined) {
    const values = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    const facts = Object.fromEntries(needs.map((need, index) => [need, values[index]]));
    return { name, ...analysed(check, facts, wanted) };
  }
  const reason = outcomes[needs.indexOf(missing)];
  const error = reason?.status === 'rejected' ? (reason.reason as unknown) : undefined;
  const known = error instanceof FactswayError ? error : undefined;
  if (answersFor === missing && known)
    return {
      name,
      status: 'fail',
      found: withoutStop(known.message),
      remedy: known.hint,
      details: known.details,
      code: known.code,
    };
  const owner = known && (await findOwner(known, fact));
  if (owner) return { name, status: 'skip', found: `not looked at: see ${owner.name}`, remedy: '' };
  return {
    name,
    status: 'warn',
    found: `cannot be told: ${withoutStop(error instanceof Error ? error.message : String(error))}`,
    remedy: `Ask again: factsway-install preflight   and where that is no concern here: --skip-check ${name}`,
  };
}

/** The check that tells of this error already: once is enough. */
async function findOwner(error: FactswayError, fact: FactSource): Promise<AnyCheck | undefined> {
  for (const check of PREFLIGHT_CHECKS) {
    const { answersFor, codes } = check;
    if (answersFor === undefined || !codes.includes(error.code)) continue;
    const failed = await fact(answersFor).then(
      () => false,
      () => true,
    );
    if (failed) return check;
  }
  return undefined;
}

/** A check that breaks is ours to mend, and no reason to hide the others. */
function analysed(
  { name, analyse }: AnyCheck,
  facts: Partial<PreflightFacts>,
  wanted: Wanted,
): Omit<CheckResult, 'name'> {
  try {
    return analyse(facts, wanted);
  } catch (error) {
    return {
      status: 'warn',
      found: `this check itself failed: ${toFactswayError(error).message}`,
      remedy: `Send us the output of: factsway-install preflight --json   and go on with: --skip-check ${name}`,
    };
  }
}

/** What it would have said stays to be read. */
function skipped({ name, status, found, details }: CheckResult): CheckResult {
  return {
    name,
    status: 'skip',
    found: status === 'skip' ? found : `would be ${status}: ${found}`,
    remedy: '',
    ...(details ? { details } : {}),
  };
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');
