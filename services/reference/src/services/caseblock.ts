import type { ServiceDefinition } from '../resource.ts';

export const caseblock: ServiceDefinition = {
  name: 'caseblock',
  resources: [
    {
      path: 'caseblocks',
      table: 'caseblocks',
      fields: [
        { name: 'case_id', kind: 'uuid', optional: true, filter: true },
        { name: 'court', kind: 'text', max: 300 },
        { name: 'caption', kind: 'text', max: 5000 },
        { name: 'layout', kind: 'choice', values: ['standard', 'centred', 'pleading-paper'] },
      ],
    },
  ],
};
