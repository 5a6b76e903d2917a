import { EDGE, EDGE_PORTS } from '../../installer/src/catalog/components/edge.ts';
import type { Environment } from '../environment.ts';
import { labels } from '../labels.ts';
import type { Manifest } from '../manifest.ts';

/** `gateway`: the listener of the Gateway has it, which is not ours. */
type Certificate = 'cert-manager' | 'secret' | 'gateway' | 'none';

/** Who brings the certificate of an environment. */
export function certificateFrom({ config }: Environment): Certificate {
  const { from } = config.kubernetes.tls;
  if (config.kubernetes.entry.kind === 'gateway')
    return from === 'none' || config.edge.tls.mode === 'off' ? 'none' : 'gateway';
  if (from !== 'auto') return from;
  const { mode } = config.edge.tls;
  if (mode === 'off') return 'none';
  return mode === 'acme' ? 'cert-manager' : 'secret';
}

const own = (name: string) => ({ name, labels: labels(EDGE, 'entry', { role: 'proxy' }) });

/**
 * The way in: everything goes to our own proxy, which knows limits, headers and routes. So the controller in front of it
 * has one path and nothing to rewrite, whichever it is.
 */
export function entry(environment: Environment): Manifest[] {
  const { kind } = environment.config.kubernetes.entry;
  return [
    ...certificate(environment),
    kind === 'gateway' ? httpRoute(environment) : ingress(environment),
  ];
}

function certificate(environment: Environment): Manifest[] {
  if (certificateFrom(environment) !== 'cert-manager') return [];
  const { host, kubernetes } = environment.config;
  const { secret, issuer, issuerKind } = kubernetes.tls;
  return [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: own(EDGE),
      spec: {
        secretName: secret,
        dnsNames: [host.name],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: { group: 'cert-manager.io', kind: issuerKind, name: issuer },
      },
    },
  ];
}

function ingress(environment: Environment): Manifest {
  const { host, kubernetes } = environment.config;
  const { className, annotations } = kubernetes.entry;
  const backend = { service: { name: EDGE, port: { name: 'http' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...own(EDGE),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(certificateFrom(environment) === 'none'
        ? {}
        : { tls: [{ hosts: [host.name], secretName: kubernetes.tls.secret }] }),
      rules: [{ host: host.name, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

/** TLS is the Gateway's: its listener names the Secret. */
function httpRoute({ config }: Environment): Manifest {
  const { gateway, gatewayNamespace, listener, annotations } = config.kubernetes.entry;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      ...own(EDGE),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: gateway,
          namespace: gatewayNamespace,
          sectionName: listener,
        },
      ],
      hostnames: [config.host.name],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [
            { group: '', kind: 'Service', name: EDGE, port: EDGE_PORTS.http, weight: 1 },
          ],
        },
      ],
    },
  };
}
