import { AXES, everyPair, merge, type Combination } from './matrix.ts';

/** Signs that mean something to Compose, to Kubernetes or to both. */
const ODD = `a$b{c}"d'e#f $(PORT) $$(PORT) $$ $$$`;

/** What of a configuration is the same on both sides says nothing of them; images of this host no cluster can fetch. */
const axes = [
  ...AXES.filter(({ name }) => name !== 'source' && name !== 'addresses'),
  {
    name: 'entry',
    values: {
      ingress: {},
      gateway: {
        kubernetes: { entry: { kind: 'gateway', gateway: 'front', gatewayNamespace: 'gateways' } },
      },
      controller: { kubernetes: { entry: { controllerNamespace: 'ingress' } } },
    },
  },
];

/** Configurations in which any two choices meet at least once. */
export const COMBINATIONS: readonly Combination[] = everyPair(axes).map(({ name, settings }) => ({
  name,
  settings: merge(settings, { images: { source: 'upstream' }, services: { environment: { ODD } } }),
}));
