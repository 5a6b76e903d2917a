import { ROLES } from '../../catalog/roles.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { DatabaseFacts } from '../facts.ts';

/** The three roles of spec 01 exist with no more rights than they need, and there is room for more connections. */
export function analyseDatabase(facts: DatabaseFacts): CheckResult {
  if (facts.unreachable !== '')
    return fail(
      'database',
      `PostgreSQL does not answer: ${facts.unreachable}`,
      'Look at it: factsway-install logs postgres',
    );
  const missing = [ROLES.owner, ROLES.app, ROLES.monitor].filter(
    (role) => !facts.roles.includes(role),
  );
  const findings = [
    ...missing.map((role) => `role ${role} does not exist`),
    ...facts.refused
      .filter((role) => !missing.some((one) => one === role))
      .map((role) => `${role} does not get in with the password in its file below secrets/`),
    ...(facts.appCanCreate
      ? [`${ROLES.app} may create objects; it should read and write rows only`]
      : []),
    ...(facts.appIsSuperuser ? [`${ROLES.app} has administrator rights`] : []),
    ...(facts.checksums ? [] : ['data checksums are off: silent corruption would not be noticed']),
    ...(facts.connections >= facts.maxConnections * 0.9
      ? [`${facts.connections} of ${facts.maxConnections} connections are in use`]
      : []),
  ];
  if (findings.length === 0)
    return pass(
      'database',
      `PostgreSQL ${facts.version}, ${facts.connections} of ${facts.maxConnections} connections, three roles with least rights, checksums on`,
    );
  return fail(
    'database',
    `PostgreSQL ${facts.version} is not as it should be`,
    facts.refused.length > 0
      ? 'Put the former file back below secrets/, or give the role the password that is there: docker compose exec postgres psql, ALTER ROLE … PASSWORD'
      : 'Look at the log, and at what was changed by hand: factsway-install logs postgres',
    findings,
  );
}
