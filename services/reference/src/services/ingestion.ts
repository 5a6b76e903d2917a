import type { ServiceDefinition } from '../resource.ts';

export const ingestion: ServiceDefinition = {
  name: 'ingestion',
  resources: [
    {
      path: 'ingestions',
      table: 'ingestions',
      fields: [
        { name: 'case_id', kind: 'uuid', optional: true, filter: true },
        { name: 'file_name', kind: 'text', max: 255 },
        { name: 'media_type', kind: 'text', max: 100, pattern: /^[\w.+-]+\/[\w.+-]+$/ },
        { name: 'size_bytes', kind: 'integer', min: 0, max: 10_737_418_240 },
        { name: 'sha256', kind: 'text', max: 64, pattern: /^[\da-f]{64}$/ },
        {
          name: 'status',
          kind: 'choice',
          values: ['received', 'parsed', 'rejected'],
          filter: true,
        },
      ],
    },
  ],
};
