import type { ServiceEntry } from './service.ts';

export const recordsService: ServiceEntry = {
  name: 'records-service',
  shortName: 'records',
  port: 3001,
  routes: ['/api/templates', '/api/cases', '/api/drafts'],
  purpose: 'templates, cases and drafts',
  memoryWeight: 1,
  verifiesAudit: true,
};
