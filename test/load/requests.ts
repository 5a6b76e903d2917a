/**
 * What the load asks: a pure function from the number of a request to the request, so that a run can
 * be told again from its numbers. Half of it are POSTs.
 */

/** One request of the load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  /** With the query string. */
  readonly path: string;
  /** What the result is counted under: the resource, such as `facts`. */
  readonly resource: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Must be in the body of the answer; an answer without it is another request's. */
  readonly expect?: string;
  /** What a POST is found again by; see `keyOf`. */
  readonly key?: string;
}

/** What the run made beforehand and its requests refer to. */
export interface Ground {
  /** Part of every unique id, so that runs never meet. */
  readonly run: string;
  readonly drafts: readonly { readonly id: string; readonly title: string }[];
}

/** Every collection there is, so that none of the eight services is without load. */
const LISTS = [
  'cases',
  'ingestions',
  'exports',
  'caseblocks',
  'signatures',
  'facts',
  'exhibits',
  'caselaw',
  'drafts',
  'templates',
] as const;

type Kind = 'list' | 'read' | 'fact' | 'draft' | 'case' | 'chained';
/** Repeated for ever. */
const MIX: readonly Kind[] = [
  'list',
  'fact',
  'read',
  'chained',
  'list',
  'draft',
  'list',
  'case',
  'read',
  'fact',
];

/** One POST in four may be repeated by the client; the others must arrive exactly once by themselves. */
const KEYED_EVERY = 4;
/** The most pages an export may have. Source: services/reference/src/services/export.ts. */
const MOST_PAGES = 10_000;

/** Collections that the load writes to, where `settle` looks for what it wrote. */
export const WRITTEN = ['facts', 'drafts', 'cases', 'exports'] as const;
export type Written = (typeof WRITTEN)[number];

/** How many drafts `requests` requests need, so that every chained POST is unlike every other. */
export function draftsFor(requests: number): number {
  return Math.max(4, Math.ceil(requests / MIX.length / MOST_PAGES));
}

/** The request with the number `n`, from 0. */
export function requestAt(n: number, ground: Ground): LoadRequest {
  const kind = MIX[n % MIX.length] ?? 'list';
  const round = Math.floor(n / MIX.length);
  const id = `${ground.run}-${n}`;
  const draft = ground.drafts[round % ground.drafts.length];
  if (draft === undefined) throw new Error('the load needs a draft to begin with');
  const post = (
    resource: Written,
    body: Readonly<Record<string, unknown>>,
    key: string,
    expect: string,
  ): LoadRequest => ({
    method: 'POST',
    path: `/api/${resource}`,
    resource,
    body,
    key,
    expect,
    ...(Math.floor(n / 2) % KEYED_EVERY === 0 ? { headers: { 'idempotency-key': id } } : {}),
  });
  switch (kind) {
    case 'list': {
      const lists = MIX.filter((each) => each === 'list').length;
      const before = MIX.slice(0, n % MIX.length).filter((each) => each === 'list').length;
      const resource = LISTS[(round * lists + before) % LISTS.length] ?? 'cases';
      return {
        method: 'GET',
        path: `/api/${resource}?limit=5`,
        resource,
        expect: '"next_cursor"',
      };
    }
    case 'read':
      return {
        method: 'GET',
        path: `/api/drafts/${draft.id}`,
        resource: 'drafts',
        expect: draft.id,
      };
    case 'fact':
      return post('facts', { statement: id, source: 'load', disputed: false }, id, id);
    case 'draft':
      return post('drafts', { title: id, body: 'load', status: 'draft' }, id, id);
    case 'case': {
      const body = { case_number: id, title: 'load', court: 'load', status: 'open' };
      return post('cases', body, id, id);
    }
    case 'chained': {
      // The title is left to records-service, so what makes it unique is the draft and the number of pages.
      const pages = 1 + Math.floor(round / ground.drafts.length);
      const body = { draft_id: draft.id, format: 'docx', pages };
      return post('exports', body, chainedKey(draft.title, draft.id, pages), draft.title);
    }
  }
}

/** What an item of a list is recognised by; undefined for one that no request of the load makes. */
export function keyOf(
  resource: Written,
  item: Readonly<Record<string, unknown>>,
): string | undefined {
  const text = (name: string): string | undefined => {
    const value = item[name];
    return typeof value === 'string' ? value : undefined;
  };
  switch (resource) {
    case 'facts':
      return text('statement');
    case 'drafts':
      return text('title');
    case 'cases':
      return text('case_number');
    case 'exports': {
      const [title, draft] = [text('title'), text('draft_id')];
      return title === undefined || draft === undefined
        ? undefined
        : chainedKey(title, draft, Number(item['pages']));
    }
  }
}

/** With the title: one that is not its draft's would be an export nobody asked for. */
function chainedKey(title: string, draft: string, pages: number): string {
  return `${draft}/${title}/${pages}`;
}
