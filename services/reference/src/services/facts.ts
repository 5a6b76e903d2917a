import type { ServiceDefinition } from '../resource.ts';

export const facts: ServiceDefinition = {
  name: 'facts',
  resources: [
    {
      path: 'facts',
      table: 'facts',
      fields: [
        { name: 'case_id', kind: 'uuid', optional: true, filter: true },
        { name: 'statement', kind: 'text', max: 10_000 },
        { name: 'source', kind: 'text', max: 1000 },
        { name: 'occurred_on', kind: 'date', optional: true },
        { name: 'disputed', kind: 'boolean' },
        { name: 'confidence', kind: 'number', min: 0, max: 1, optional: true, since: '1.1.0' },
      ],
    },
  ],
};
