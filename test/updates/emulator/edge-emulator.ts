import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, list, record, records, texts, word, type Json } from '../../../k8s/json.ts';
import { ownError, type Answer, type EdgeRequest } from './answer.ts';
import { secondsToKeep } from './caching.ts';
import { runLambda, runViewerFunction } from './edge-functions.ts';
import { startFirewall, type Firewall } from './firewall.ts';
import { withHeadersPolicy } from './headers-policy.ts';
import { askS3, type Place } from './origins.ts';
import { fromWhole } from './ranges.ts';
import type { Stack } from './resolve.ts';

export type Origin = { readonly place: Place; readonly policy: Json };

export type Emulator = {
  readonly url: string;
  readonly firewall: Firewall;
  /** What CreateInvalidation of /* does. */
  invalidate(): void;
  close(): Promise<void>;
};

type Kept = { readonly answer: Answer; readonly until: number };

function fits(pattern: string, path: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(path);
}

/**
 * A distribution as the emitted template describes it, in front of S3: firewall, behaviours, cache, origin failover, edge
 * functions, custom error responses, response headers.
 */
export async function startEmulator(
  stack: Stack,
  origins: Readonly<Record<string, Origin>>,
): Promise<Emulator> {
  const config = record(stack.properties('Distribution')['DistributionConfig']);
  const firewall = startFirewall(stack.properties('WebAcl'));
  const kept = new Map<string, Kept>();
  const behaviours = records(config['CacheBehaviors']);
  const codeOfLambda = (behaviour: Json, event: string): string | undefined => {
    const one = records(behaviour['LambdaFunctionAssociations']).find(
      ({ EventType }) => EventType === event,
    );
    if (one === undefined) return undefined;
    const version = stack.properties(word(one['LambdaFunctionARN']));
    const code = at(stack.properties(word(version['FunctionName'])), 'Code.ZipFile');
    return word(code);
  };

  const behaviourOf = (path: string): Json =>
    behaviours.find((one) => fits(word(one['PathPattern']), path)) ??
    record(config['DefaultCacheBehavior']);

  async function askOrigins(behaviour: Json, request: EdgeRequest): Promise<Answer> {
    const target = word(behaviour['TargetOriginId']);
    const group = records(at(config, 'OriginGroups.Items')).find(({ Id }) => Id === target);
    const members = records(at(group, 'Members.Items')).map(({ OriginId }) => word(OriginId));
    const ids = group === undefined ? [target] : members;
    const leads = list(at(group, 'FailoverCriteria.StatusCodes.Items'));
    let last: Answer = ownError(502);
    for (const id of ids) {
      const origin = origins[id];
      if (origin === undefined) throw new Error(`no origin ${id}`);
      try {
        last = await askS3(origin.place, origin.policy, request);
      } catch {
        last = ownError(502);
        continue;
      }
      if (!leads.includes(last.status)) break;
    }
    return last;
  }

  async function fromOrigin(behaviour: Json, request: EdgeRequest): Promise<Answer> {
    const before = codeOfLambda(behaviour, 'origin-request');
    const own = before && (await runLambda(before, 'origin-request', request));
    if (own) return own;
    let answer = await askOrigins(behaviour, request);
    const condition = request.headers['if-range'];
    if (answer.status === 206 && condition !== undefined && condition !== answer.headers['etag']) {
      const headers = Object.entries(request.headers).filter(([name]) => name !== 'range');
      answer = await askOrigins(behaviour, { ...request, headers: Object.fromEntries(headers) });
    }
    const after = codeOfLambda(behaviour, 'origin-response');
    // It runs for what an origin said, not for what CloudFront says because none did.
    if (after === undefined || answer.headers['server'] === 'CloudFront') return answer;
    return (await runLambda(after, 'origin-response', request, answer)) ?? answer;
  }

  async function throughCache(behaviour: Json, request: EdgeRequest): Promise<Answer> {
    const policy = record(stack.properties(word(behaviour['CachePolicyId']))['CachePolicyConfig']);
    const keyed = record(policy['ParametersInCacheKeyAndForwardedToOrigin']);
    const isByQuery = at(keyed, 'QueryStringsConfig.QueryStringBehavior') !== 'none';
    const key = `${request.method} ${request.path}${isByQuery ? `?${request.query}` : ''}`;
    const entry = kept.get(key);
    if (entry !== undefined && entry.until > Date.now()) {
      const { answer } = entry;
      const hit = answer.status === 200 ? fromWhole(answer, request) : answer;
      if (hit) return { ...hit, headers: { ...hit.headers, 'x-cache': 'Hit from cloudfront' } };
    }
    const answer = await fromOrigin(behaviour, request);
    const seconds = secondsToKeep(answer, policy, config);
    if (seconds > 0) kept.set(key, { answer, until: Date.now() + seconds * 1000 });
    return { ...answer, headers: { ...answer.headers, 'x-cache': 'Miss from cloudfront' } };
  }

  /** A page is fetched like any path, past the firewall and past functions of the viewer. */
  async function withErrorPage(answer: Answer, request: EdgeRequest): Promise<Answer> {
    const mapping = records(config['CustomErrorResponses']).find(
      ({ ErrorCode }) => ErrorCode === answer.status,
    );
    const path = mapping?.['ResponsePagePath'];
    if (mapping === undefined || path === undefined) return answer;
    const asked = { ...request, method: 'GET', path: word(path), query: '', headers: {} };
    const page = await throughCache(behaviourOf(asked.path), asked);
    if (page.status !== 200) return page;
    return { ...page, status: Number(mapping['ResponseCode']) };
  }

  async function answer(request: EdgeRequest): Promise<Answer> {
    const blocked = firewall.judge(request);
    if (blocked) return blocked;
    const root = word(config['DefaultRootObject']);
    const path = request.path === '/' && root !== '' ? `/${root}` : request.path;
    const asked = { ...request, path };
    const behaviour = behaviourOf(path);
    const headers = stack.properties(word(behaviour['ResponseHeadersPolicyId']));
    if (!texts(behaviour['AllowedMethods']).includes(request.method))
      return withHeadersPolicy(await withErrorPage(ownError(403), asked), headers);
    const [first] = records(behaviour['FunctionAssociations']);
    const code = first && word(stack.properties(word(first['FunctionARN']))['FunctionCode']);
    const own = code === undefined ? undefined : runViewerFunction(code, asked);
    if (own) return own;
    const got = await withErrorPage(await throughCache(behaviour, asked), asked);
    return withHeadersPolicy(got, headers);
  }

  const server = createServer((incoming, outgoing) => {
    void answer(read(incoming))
      .catch(() => ownError(500))
      .then((one) => {
        write(one, outgoing, incoming.method);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    firewall,
    invalidate: () => {
      kept.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function read(incoming: IncomingMessage): EdgeRequest {
  const { pathname, search } = new URL(incoming.url ?? '/', 'http://edge');
  const headers = Object.entries(incoming.headers);
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: search.slice(1),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    address: incoming.socket.remoteAddress ?? '',
  };
}

const BY_CONNECTION = ['connection', 'transfer-encoding', 'keep-alive', 'content-length', 'date'];

function write({ status, headers, body }: Answer, outgoing: ServerResponse, method?: string): void {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers))
    if (!BY_CONNECTION.includes(name)) outgoing.setHeader(name, value);
  const length = method === 'HEAD' ? headers['content-length'] : String(body.length);
  if (status !== 304 && length !== undefined) outgoing.setHeader('content-length', length);
  outgoing.end(method === 'HEAD' ? undefined : body);
}
