import type { Manifest } from '../manifest.ts';
import { AVAILABILITY } from './availability.ts';
import { FRONT_DOOR } from './front-door.ts';
import { IDENTITY } from './identity.ts';
import { JOBS } from './jobs.ts';
import { METADATA } from './metadata.ts';
import { NAMESPACES } from './namespaces.ts';
import { NETWORK } from './network.ts';
import { POD_SECURITY } from './pod-security.ts';
import { PROBE_RULES } from './probes.ts';
import { RESOURCES } from './resources.ts';
import { ROLLOUT } from './rollout.ts';
import type { PolicyRule } from './rule.ts';
import { SECRETS } from './secrets.ts';

/** Every rule that built manifests are judged by (spec 06 "Policy"), by subject. */
export const POLICY: readonly PolicyRule[] = [
  ...POD_SECURITY,
  ...IDENTITY,
  ...SECRETS,
  ...RESOURCES,
  ...PROBE_RULES,
  ...AVAILABILITY,
  ...ROLLOUT,
  ...JOBS,
  ...NETWORK,
  ...FRONT_DOOR,
  ...NAMESPACES,
  ...METADATA,
];

/** A rule that one object, or one container of it, has a written reason to break. */
export type PolicyException = {
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  /** Only this container; without it, the whole object. */
  readonly container?: string;
  readonly reason: string;
};

export type Violation = {
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  readonly container?: string;
  /** How it is broken, in its own words. */
  readonly says: string;
};

/** The rule about exceptions: what nobody needs any more is an invitation to need it again. */
export const NEEDED_EXCEPTIONS = 'exceptions are needed';
/** Fewer characters than this are no reason. */
const SHORTEST_REASON = 30;

const excuses = (exception: PolicyException, violation: Violation): boolean =>
  exception.rule === violation.rule &&
  exception.kind === violation.kind &&
  exception.name === violation.name &&
  (exception.container === undefined || exception.container === violation.container);

function oddity(exception: PolicyException, found: readonly Violation[]): string | undefined {
  if (!found.some((violation) => excuses(exception, violation)))
    return `nobody needs the exception from "${exception.rule}"`;
  return exception.reason.trim().length < SHORTEST_REASON
    ? `the exception from "${exception.rule}" has no reason`
    : undefined;
}

/** What breaks the policy in a built tree, in the order of the objects; exceptions that are not needed break it too. */
export function violations(
  manifests: readonly Manifest[],
  exceptions: readonly PolicyException[] = [],
): readonly Violation[] {
  const found = manifests.flatMap((manifest) =>
    POLICY.flatMap(({ name: rule, breach }) =>
      breach(manifest, manifests).map((one): Violation => ({
        rule,
        kind: manifest.kind,
        name: manifest.metadata.name,
        ...one,
      })),
    ),
  );
  const unexcused = found.filter((one) => !exceptions.some((exception) => excuses(exception, one)));
  const odd = exceptions.flatMap((exception) => {
    const { kind, name } = exception;
    const says = oddity(exception, found);
    return says === undefined ? [] : [{ rule: NEEDED_EXCEPTIONS, kind, name, says }];
  });
  return [...unexcused, ...odd];
}
