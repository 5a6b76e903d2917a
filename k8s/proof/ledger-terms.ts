import type { ComponentFacts } from './facts.ts';
import type { Case, Pair } from './ledger-entry.ts';

/** Words in which entries of the ledger speak. */

/** Of a release: told its version, and in a slot where Compose keeps two. */
export const isOfRelease = ({ here }: Pair): boolean => 'APP_VERSION' in here.environment;
export const isService = (one: Pair): boolean => isOfRelease(one) && one.here.kind === 'service';
export const isOnce = ({ here }: Pair): boolean => here.kind === 'one-shot';
export const is =
  (...names: readonly string[]) =>
  ({ component }: Pick<Pair, 'component'>): boolean =>
    names.includes(component);
/** Compose speaks HTTPS itself. */
export const endsTls = ({ here }: Pair): boolean => '8443' in here.exposure;
/** Where error reports wait that could not be delivered. */
export const REPORTS_MOUNT = '/var/lib/factsway/error-reports';
/** Keeps data in a volume of its own, which the proxy's certificates are not, nor reports that wait. */
export const isStateful = ({ here, component }: Pair): boolean =>
  component !== 'edge' &&
  Object.entries(here.volumes).some(
    ([mount, { kind }]) => kind === 'persistent' && mount !== REPORTS_MOUNT,
  );

/** The last word of a field, as `NAME` of `environment NAME`. */
export const lastWord = ({ field }: Case): string => field.slice(field.lastIndexOf(' ') + 1);

/** The name under which the platform is reached, as links in alerts say it. */
export function hostName(all: Case['all'], side: 'compose' | 'kubernetes' = 'compose'): string {
  const files = all[side].components['prometheus']?.files ?? {};
  const text = files['/etc/prometheus/rules/alerts.yml']?.text ?? '';
  return /runbook_url: "?https?:\/\/([^/:"]+)/.exec(text)?.[1] ?? '';
}

/** Services of the release on a side. */
export const servicesOf = (
  components: Readonly<Record<string, ComponentFacts>>,
): ComponentFacts[] =>
  Object.values(components).filter(
    ({ kind, environment }) => kind === 'service' && 'APP_VERSION' in environment,
  );
