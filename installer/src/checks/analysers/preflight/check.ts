import type { Catalog } from '../../../catalog/catalog.ts';
import type { CheckStatus } from '../../../model/check-result.ts';
import type { ErrorCode } from '../../../model/errors.ts';
import type { PreflightFacts, Purpose } from '../../facts-preflight.ts';

/** What is wanted, for judging what was found. */
export type Wanted = {
  readonly purpose: Purpose;
  readonly catalog: Catalog;
  /** Absolute. */
  readonly directory: string;
};

export type Verdict = {
  readonly status: Exclude<CheckStatus, 'skip'>;
  readonly found: string;
  readonly remedy: string;
  readonly details: readonly string[];
  readonly code?: ErrorCode;
};

export type FactName = keyof PreflightFacts;

/** One row of the table that preflight runs and docs/reference/preflight.md shows. */
export type PreflightCheck<Needs extends FactName = FactName> = {
  readonly name: string;
  /** What a green check proves, as a sentence. */
  readonly proves: string;
  /** When it warns and when it fails; absent where it never does. */
  readonly warns?: string;
  readonly fails?: string;
  /** Codes it can fail with. */
  readonly codes: readonly ErrorCode[];
  /** What to do about it, for the reference. */
  readonly remedy: string;
  readonly purposes: readonly Purpose[];
  readonly needs: readonly Needs[];
  /** The fact whose absence is this check's own failure, with the error the collector met. */
  readonly answersFor?: Needs;
  /** False where the check has nothing to look at in this instance. */
  readonly applies?: (catalog: Catalog) => boolean;
  readonly analyse: (facts: Pick<PreflightFacts, Needs>, wanted: Wanted) => Verdict;
};

/** A check whose needs are only known to itself: what the table holds. */
export type AnyCheck = Omit<PreflightCheck, 'analyse'> & {
  readonly analyse: (facts: Partial<PreflightFacts>, wanted: Wanted) => Verdict;
};

/** Whoever calls `analyse` gives every fact that is named in `needs`. */
export const defineCheck = <Needs extends FactName>(check: PreflightCheck<Needs>): AnyCheck =>
  check as unknown as AnyCheck;

export const fine = (found: string, details: readonly string[] = []): Verdict => ({
  status: 'pass',
  found,
  remedy: '',
  details,
});

export const doubt = (found: string, remedy: string, details: readonly string[] = []): Verdict => ({
  status: 'warn',
  found,
  remedy,
  details,
});

export const refusal = (
  code: ErrorCode,
  found: string,
  remedy: string,
  details: readonly string[] = [],
): Verdict => ({ status: 'fail', found, remedy, details, code });

/** `3.9 GiB`, for people: found amounts are never whole. */
export function readableSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power < 2 ? Math.round(value) : Math.round(value * 10) / 10} ${units[power] ?? ''}`;
}
