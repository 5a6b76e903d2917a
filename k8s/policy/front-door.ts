import type { Manifest } from '../manifest.ts';
import { at, record, records, show, texts, word, type Json } from '../json.ts';
import { beside, named } from './read.ts';
import { ofKind, unless, type PolicyRule } from './rule.ts';

const INGRESS = 'Ingress';
const ROUTE = 'HTTPRoute';
const GATEWAY = 'Gateway';
/** Annotations by which a controller rewrites requests or runs what it is given: each controller has others. */
const REWRITING =
  /rewrite|snippet|use-regex|app-root|middlewares|actions\.|request-redirect|request-modify|kubernetes\.io\/ingress\.class/;

const pathsOf = (ingress: Manifest): readonly Json[] =>
  records(at(ingress, 'spec.rules')).flatMap((rule) => records(at(rule, 'http.paths')));
/** Every host of an Ingress, and those its certificates are for. */
const hostsOf = (ingress: Manifest): readonly string[] =>
  records(at(ingress, 'spec.rules')).map(({ host }) => word(host));
const certified = (ingress: Manifest): readonly string[] =>
  records(at(ingress, 'spec.tls')).flatMap(({ hosts, secretName }) =>
    typeof secretName === 'string' ? texts(hosts) : [],
  );

/** Whether a service of that name has that port, by name or number. */
function leads(from: Manifest, tree: readonly Manifest[], name: unknown, port: unknown): boolean {
  const service = named(name, beside(from, tree, 'Service'));
  return records(at(service, 'spec.ports')).some(
    (one) => port !== undefined && (one['port'] === port || one['name'] === port),
  );
}

export const FRONT_DOOR: readonly PolicyRule[] = [
  {
    name: 'an ingress is encrypted',
    sources: ['Polaris: tlsSettingsMissing', 'NSA/CISA: Encryption'],
    asks: 'Has a certificate for each of its hosts.',
    breach: ofKind(INGRESS, (ingress) => {
      const bare = hostsOf(ingress).find((host) => !certified(ingress).includes(host));
      return unless(
        hostsOf(ingress).length > 0 && bare === undefined,
        `tls: nothing for ${show(bare)}`,
      );
    }),
  },
  {
    name: 'an ingress leads somewhere',
    sources: ['kube-score: ingress-targets-service', 'kube-linter: dangling-ingress'],
    asks: 'Leads every path to a port of a service that there is.',
    breach: ofKind(INGRESS, (ingress, tree) => {
      const backends = [
        at(ingress, 'spec.defaultBackend'),
        ...pathsOf(ingress).map(({ backend }) => backend),
      ].filter((backend) => backend !== undefined);
      const stray = backends.find((backend) => {
        const { name, port } = record(at(backend, 'service'));
        return !leads(ingress, tree, name, at(port, 'name') ?? at(port, 'number'));
      });
      return unless(backends.length > 0 && stray === undefined, `backend: ${show(stray)}`);
    }),
  },
  {
    name: 'an ingress any controller understands',
    sources: ['FACTSWAY: 06 Kubernetes, portable paths', 'Kubernetes: Ingress, Path types'],
    asks: 'Says by plain paths where requests go, with nothing only one controller understands.',
    breach: ofKind(INGRESS, (ingress) => {
      const odd = pathsOf(ingress).find(
        ({ pathType }) => pathType !== 'Prefix' && pathType !== 'Exact',
      );
      const rewriting = Object.keys(ingress.metadata.annotations ?? {}).find((name) =>
        REWRITING.test(name),
      );
      return odd ? `pathType: ${show(odd['pathType'])}` : rewriting;
    }),
  },
  {
    name: 'an ingress has a class',
    sources: ['Kubernetes: Ingress, Ingress class'],
    asks: 'Names its class: which one is the default, if any, differs from cluster to cluster.',
    breach: ofKind(INGRESS, (ingress) => {
      const name = at(ingress, 'spec.ingressClassName');
      return unless(typeof name === 'string' && name !== '', `ingressClassName: ${show(name)}`);
    }),
  },
  {
    name: 'a route leads somewhere',
    sources: ['kube-score: ingress-targets-service', 'Kubernetes: Gateway API, HTTPRoute'],
    asks: 'Leads every rule to a port of a service that there is.',
    breach: ofKind(ROUTE, (route, tree) => {
      const rules = records(at(route, 'spec.rules'));
      const redirects = (rule: Json): boolean =>
        records(rule['filters']).some(({ type }) => type === 'RequestRedirect');
      const stray = rules.find(
        (rule) =>
          !redirects(rule) &&
          (records(rule['backendRefs']).length === 0 ||
            records(rule['backendRefs']).some(({ name, port }) => !leads(route, tree, name, port))),
      );
      return unless(
        rules.length > 0 && stray === undefined,
        `backendRefs: ${show(stray?.['backendRefs'])}`,
      );
    }),
  },
  {
    name: 'a gateway is encrypted',
    sources: ['Polaris: tlsSettingsMissing', 'NSA/CISA: Encryption'],
    asks: 'Serves over HTTPS with a certificate; what it hears in the clear it only redirects.',
    breach: ofKind(GATEWAY, (gateway) => {
      const listeners = records(at(gateway, 'spec.listeners'));
      const encrypted = listeners.filter(({ protocol }) => protocol === 'HTTPS');
      const bare = encrypted.find((one) => records(at(one, 'tls.certificateRefs')).length === 0);
      return unless(
        encrypted.length > 0 && bare === undefined,
        `listeners: ${show(bare?.['name'] ?? listeners.map(({ protocol }) => protocol))}`,
      );
    }),
  },
  {
    name: 'nothing served in the clear',
    sources: ['NSA/CISA: Encryption'],
    asks: 'Is attached to encrypted listeners by name, unless all it does is redirect there.',
    breach: ofKind(ROUTE, (route, tree) => {
      const serves = records(at(route, 'spec.rules')).some(
        ({ backendRefs }) => records(backendRefs).length > 0,
      );
      const bare = records(at(route, 'spec.parentRefs')).find(({ name, sectionName }) => {
        const listeners = records(at(named(name, beside(route, tree, GATEWAY)), 'spec.listeners'));
        const listener = listeners.find((one) => one['name'] === sectionName);
        return sectionName === undefined || at(listener, 'protocol') === 'HTTP';
      });
      return serves ? bare && `parentRefs: ${show(bare)}` : undefined;
    }),
  },
];
