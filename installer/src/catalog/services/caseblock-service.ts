import type { ServiceEntry } from './service.ts';

export const caseblockService: ServiceEntry = {
  name: 'caseblock-service',
  shortName: 'caseblock',
  port: 3004,
  routes: ['/api/caseblocks'],
  purpose: 'case captions',
  memoryWeight: 1,
};
