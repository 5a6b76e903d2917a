import type { ServiceDefinition } from '../resource.ts';

export const signature: ServiceDefinition = {
  name: 'signature',
  resources: [
    {
      path: 'signatures',
      table: 'signatures',
      fields: [
        { name: 'signer', kind: 'text', max: 200 },
        { name: 'firm', kind: 'text', max: 200 },
        { name: 'bar_number', kind: 'text', max: 50, optional: true, filter: true },
        { name: 'closing', kind: 'text', max: 2000 },
      ],
    },
  ],
};
