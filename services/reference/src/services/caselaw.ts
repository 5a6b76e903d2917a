import type { ServiceDefinition } from '../resource.ts';

export const caselaw: ServiceDefinition = {
  name: 'caselaw',
  resources: [
    {
      path: 'caselaw',
      table: 'caselaw',
      fields: [
        { name: 'citation', kind: 'text', max: 200, filter: true },
        { name: 'title', kind: 'text', max: 300 },
        { name: 'court', kind: 'text', max: 300 },
        { name: 'decided_on', kind: 'date', optional: true },
        { name: 'url', kind: 'text', max: 2000, pattern: /^https?:\/\/\S+$/, optional: true },
      ],
    },
  ],
};
