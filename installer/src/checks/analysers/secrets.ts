import { count } from '../../model/units.ts';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import type { SecretFacts } from '../facts.ts';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** The directory keeps everybody else out; no secret is empty, closed to its container, open to others or visible in an environment listing. */
export function analyseSecrets({ directoryMode, files, exposed }: SecretFacts): CheckResult {
  const findings = [
    ...(directoryMode === 0o700
      ? []
      : [
          `secrets/ is ${directoryMode === undefined ? 'missing' : octal(directoryMode)}, not 0700`,
        ]),
    ...files.flatMap(({ name, mode, owned, closedTo = [], empty }) => {
      if (mode === undefined) return [`secrets/${name} is missing`];
      if (empty) return [`secrets/${name} is empty`];
      if (closedTo.length > 0)
        return [
          `secrets/${name} is ${octal(mode)} and closed to user ${closedTo.join(' and ')} of its container`,
        ];
      if ((mode & 0o022) !== 0) return [`secrets/${name} is ${octal(mode)}: others may write it`];
      return owned && (mode & 0o004) !== 0
        ? [`secrets/${name} is ${octal(mode)}: others may read it`]
        : [];
    }),
    ...exposed.map((place) => `the value of a secret is visible in the environment of ${place}`),
  ];
  if (findings.length === 0)
    return pass(
      'secrets',
      `${files.length} secret files are private and appear in no environment listing`,
    );
  return fail(
    'secrets',
    `${count(findings.length, 'secret is not as it', 'secrets are not as they')} should be`,
    'Set owner and mode of all of them right: factsway-install up',
    findings,
  );
}
