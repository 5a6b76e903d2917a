import type { ServiceEntry } from './service.ts';

export const ingestionService: ServiceEntry = {
  name: 'ingestion-service',
  shortName: 'ingestion',
  port: 3002,
  routes: ['/api/ingestions'],
  purpose: 'documents in',
  memoryWeight: 1,
};
