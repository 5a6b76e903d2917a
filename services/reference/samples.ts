/** A request for every resource: what the integration tests create, and one change to it. */
export interface Sample {
  readonly service: string;
  readonly path: string;
  /** A valid body; another `index` gives other unique values. */
  readonly body: (index: number) => Record<string, unknown>;
  readonly change: Record<string, unknown>;
}

const CASE_ID = '6f2c1e5a-93c5-4d0e-9a54-0d6f6f0b7c11';

export const SAMPLES: readonly Sample[] = [
  {
    service: 'records',
    path: 'templates',
    body: (index) => ({ name: `Complaint ${index}`, category: 'complaint', body: 'Ünïcode – §' }),
    change: { category: 'letter' },
  },
  {
    service: 'records',
    path: 'cases',
    body: (index) => ({
      case_number: `24-${index}`,
      title: 'A v. B',
      court: 'N.D. Cal.',
      status: 'open',
      filed_on: '2024-02-29',
    }),
    change: { status: 'closed', filed_on: null },
  },
  {
    service: 'records',
    path: 'drafts',
    body: () => ({ title: 'Motion', body: 'Comes now', status: 'draft' }),
    change: { status: 'final' },
  },
  {
    service: 'ingestion',
    path: 'ingestions',
    body: (index) => ({
      case_id: CASE_ID,
      file_name: `deposition ${index}.pdf`,
      media_type: 'application/pdf',
      size_bytes: 5_000_000_000,
      sha256: 'a'.repeat(64),
      status: 'received',
    }),
    change: { status: 'parsed' },
  },
  {
    service: 'export',
    path: 'exports',
    body: () => ({ title: 'Motion', format: 'docx', pages: 3 }),
    change: { pages: 4 },
  },
  {
    service: 'caseblock',
    path: 'caseblocks',
    body: () => ({ case_id: CASE_ID, court: 'N.D. Cal.', caption: 'A v. B', layout: 'standard' }),
    change: { layout: 'centred' },
  },
  {
    service: 'signature',
    path: 'signatures',
    body: (index) => ({
      signer: 'J. Doe',
      firm: 'Doe LLP',
      bar_number: `CA-${index}`,
      closing: 'Respectfully submitted',
    }),
    change: { bar_number: null },
  },
  {
    service: 'facts',
    path: 'facts',
    body: () => ({
      case_id: CASE_ID,
      statement: 'The light was red.',
      source: 'Dep. 12:3',
      occurred_on: '2023-07-04',
      disputed: true,
    }),
    change: { disputed: false },
  },
  {
    service: 'exhibits',
    path: 'exhibits',
    body: (index) => ({
      case_id: CASE_ID,
      label: `Ex. ${index}`,
      title: 'Photograph',
      media_type: 'image/jpeg',
      size_bytes: 0,
    }),
    change: { title: 'Photograph of the light' },
  },
  {
    service: 'caselaw',
    path: 'caselaw',
    body: (index) => ({
      citation: `${index} U.S. 137`,
      title: 'Marbury v. Madison',
      court: 'Supreme Court',
      decided_on: '1803-02-24',
      url: 'https://example.org/5-us-137',
    }),
    change: { url: null },
  },
];
