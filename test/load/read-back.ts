import { LoadError, type Client } from './client.ts';
import { keyOf, WRITTEN, type Written } from './requests.ts';

/** The largest page the API gives. Source: docs/platform-contract.md, API of the reference services. */
const PAGE = 200;

/**
 * Lists everything in the collections that the load writes to, and counts by key.
 *
 * @throws LoadError naming the list that could not be read
 */
export async function countKeys(
  client: Client,
  timeoutMs: number,
): Promise<Map<string, Map<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  for (const resource of WRITTEN) {
    const counts = new Map<string, number>();
    for await (const item of listed(client, resource, timeoutMs)) {
      const key = keyOf(resource, item);
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    found.set(resource, counts);
  }
  return found;
}

async function* listed(client: Client, resource: Written, timeoutMs: number) {
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/api/${resource}?limit=${PAGE}${after}`;
    const answer = await client.send({ method: 'GET', path, resource }, timeoutMs);
    if (answer.kind === 'failed') throw new LoadError(`GET ${path}: ${answer.code}`);
    if (answer.status !== 200) {
      throw new LoadError(`GET ${path}: ${answer.status} ${answer.body.slice(0, 200)}`);
    }
    const page = JSON.parse(answer.body) as {
      items: Record<string, unknown>[];
      next_cursor: string | null;
    };
    yield* page.items;
    cursor = page.next_cursor;
  } while (cursor !== null);
}
