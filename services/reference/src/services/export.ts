import type { ServiceDefinition } from '../resource.ts';

/** `GET /api/exports/:id/document` streams the document; see export-routes.ts. */
export const exportService: ServiceDefinition = {
  name: 'export',
  resources: [
    {
      path: 'exports',
      table: 'exports',
      fields: [
        { name: 'draft_id', kind: 'uuid', optional: true, filter: true },
        { name: 'title', kind: 'text', max: 300 },
        { name: 'format', kind: 'choice', values: ['docx'] },
        { name: 'pages', kind: 'integer', min: 1, max: 10_000 },
      ],
    },
  ],
};
