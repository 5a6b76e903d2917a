import type { ServiceDefinition } from '../resource.ts';

export const exhibits: ServiceDefinition = {
  name: 'exhibits',
  resources: [
    {
      path: 'exhibits',
      table: 'exhibits',
      fields: [
        { name: 'case_id', kind: 'uuid', filter: true },
        { name: 'label', kind: 'text', max: 50 },
        { name: 'title', kind: 'text', max: 300 },
        { name: 'media_type', kind: 'text', max: 100, pattern: /^[\w.+-]+\/[\w.+-]+$/ },
        { name: 'size_bytes', kind: 'integer', min: 0, max: 10_737_418_240 },
      ],
    },
  ],
};
