import type { ServiceEntry } from '../../installer/src/catalog/services/service.ts';

/** As many services as a measurement wants. */
export const inventedServices = (count: number): ServiceEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `bench${index}-service`,
    shortName: `bench${index}`,
    port: 4000 + index,
    routes: [`/api/bench${index}`],
    purpose: 'made up for the bench',
    memoryWeight: 1,
  }));
