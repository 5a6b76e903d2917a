import type { ServiceEntry } from './service.ts';

export const signatureService: ServiceEntry = {
  name: 'signature-service',
  shortName: 'signature',
  port: 3005,
  routes: ['/api/signatures'],
  purpose: 'signature blocks',
  memoryWeight: 1,
};
