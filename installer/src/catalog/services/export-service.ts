import type { ServiceEntry } from './service.ts';

export const exportService: ServiceEntry = {
  name: 'export-service',
  shortName: 'export',
  port: 3003,
  routes: ['/api/exports'],
  purpose: 'documents out as DOCX: long requests, more memory',
  memoryWeight: 2,
};
