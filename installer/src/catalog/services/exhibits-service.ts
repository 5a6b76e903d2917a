import type { ServiceEntry } from './service.ts';

export const exhibitsService: ServiceEntry = {
  name: 'exhibits-service',
  shortName: 'exhibits',
  port: 3007,
  routes: ['/api/exhibits'],
  purpose: 'exhibits',
  memoryWeight: 1,
};
