/** Forms of names the server insists on (Kubernetes, "Object Names and IDs"; apimachinery, `util/validation`). */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Of Services: they become names in DNS, which of old begin with a letter. */
const OLD_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;
const LONGEST_PORT_NAME = 15;

/** Of what becomes a label or a host name, with what the controllers append to it. */
const SHORTER: Readonly<Record<string, number>> = {
  Namespace: LONGEST_LABEL,
  Service: LONGEST_LABEL,
  Job: LONGEST_LABEL,
  // Eleven for the time of a run, or for the hash of a revision.
  CronJob: 52,
  StatefulSet: 52,
};
/** Roles and bindings may have colons in their names. */
const FREE = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

export function nameProblem(kind: string, name: string): string | undefined {
  const longest = SHORTER[kind] ?? LONGEST_NAME;
  if (name.length > longest) return `is longer than ${longest} characters`;
  if (FREE.includes(kind)) return undefined;
  const form = kind === 'Service' ? OLD_LABEL : kind === 'Namespace' ? LABEL : SUBDOMAIN;
  return form.test(name) ? undefined : 'is not a name of lower-case letters, digits and -';
}

export const labelNameProblem = (name: string): string | undefined =>
  name.length <= LONGEST_LABEL && LABEL.test(name) ? undefined : 'is no DNS label';

export const portNameProblem = (name: string): string | undefined =>
  name.length <= LONGEST_PORT_NAME && LABEL.test(name) && /[a-z]/.test(name) && !name.includes('--')
    ? undefined
    : 'is no name of a port: 15 characters at most, one a letter';

/** The key of a label or an annotation, its prefix included. */
export function keyProblem(key: string): string | undefined {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const right =
    more.length === 0 &&
    name.length <= LONGEST_LABEL &&
    QUALIFIED.test(name) &&
    (prefix === undefined || (prefix.length <= LONGEST_NAME && SUBDOMAIN.test(prefix)));
  return right ? undefined : 'is no key of a label';
}

export const labelValueProblem = (value: string): string | undefined =>
  value === '' || (value.length <= LONGEST_LABEL && QUALIFIED.test(value))
    ? undefined
    : 'is no value of a label: 63 characters at most';

/** apimachinery, `resource.Quantity`; narrower than the format of the schemas. */
const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
export const quantityProblem = (value: unknown): string | undefined =>
  typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value))
    ? undefined
    : 'is no quantity';
