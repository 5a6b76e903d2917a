import type { ServiceEntry } from './service.ts';

export const factsService: ServiceEntry = {
  name: 'facts-service',
  shortName: 'facts',
  port: 3006,
  routes: ['/api/facts'],
  purpose: 'facts and their evidence',
  memoryWeight: 1,
};
