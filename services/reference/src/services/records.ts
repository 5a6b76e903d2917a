import type { ServiceDefinition } from '../resource.ts';

export const records: ServiceDefinition = {
  name: 'records',
  resources: [
    {
      path: 'templates',
      table: 'templates',
      fields: [
        { name: 'name', kind: 'text', max: 200 },
        { name: 'category', kind: 'choice', values: ['complaint', 'motion', 'brief', 'letter'] },
        { name: 'body', kind: 'text', max: 200_000 },
      ],
      createdCounter: {
        name: 'factsway_templates_created_total',
        help: 'Templates created since this process started.',
      },
    },
    {
      path: 'cases',
      table: 'cases',
      fields: [
        { name: 'case_number', kind: 'text', max: 100 },
        { name: 'title', kind: 'text', max: 300 },
        { name: 'court', kind: 'text', max: 300 },
        { name: 'status', kind: 'choice', values: ['open', 'stayed', 'closed'], filter: true },
        { name: 'filed_on', kind: 'date', optional: true },
        {
          name: 'matter_number',
          kind: 'text',
          max: 100,
          optional: true,
          filter: true,
          since: '1.1.0',
        },
      ],
    },
    {
      path: 'drafts',
      table: 'drafts',
      fields: [
        { name: 'case_id', kind: 'uuid', optional: true, filter: true },
        { name: 'template_id', kind: 'uuid', optional: true, filter: true },
        { name: 'title', kind: 'text', max: 300 },
        { name: 'body', kind: 'text', max: 500_000 },
        { name: 'status', kind: 'choice', values: ['draft', 'review', 'final'], filter: true },
      ],
      createdCounter: {
        name: 'factsway_drafts_created_total',
        help: 'Drafts created since this process started.',
      },
    },
  ],
};
