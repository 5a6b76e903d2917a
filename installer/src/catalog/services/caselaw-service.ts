import type { ServiceEntry } from './service.ts';

export const caselawService: ServiceEntry = {
  name: 'caselaw-service',
  shortName: 'caselaw',
  port: 3008,
  routes: ['/api/caselaw'],
  purpose: 'citations',
  memoryWeight: 1,
};
