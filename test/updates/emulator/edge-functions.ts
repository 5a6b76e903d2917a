import { runInNewContext } from 'node:vm';
import { at, record, word } from '../../../k8s/json.ts';
import type { Answer, EdgeRequest } from './answer.ts';

type LambdaHeaders = Record<string, { key: string; value: string }[]>;

const toLambda = (headers: Answer['headers']): LambdaHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key.toLowerCase(), [{ key, value }]]),
  );
const fromLambda = (headers: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record(headers)).map(([key, values]) => [key, word(at(values, '0.value'))]),
  );

type Handler = (event: unknown) => unknown;

function lambda(code: string): Handler {
  const scope: { exports: { handler?: Handler } } = { exports: {} };
  runInNewContext(code, scope);
  if (scope.exports.handler === undefined) throw new Error('the function exports no handler');
  return scope.exports.handler;
}

/**
 * Lambda@Edge (CloudFront developer guide, "Event structure"): at origin-request it may answer itself, at origin-response
 * it changes the answer. The body of an origin's answer is not shown to it, and stays unless it gives another.
 */
export async function runLambda(
  code: string,
  eventType: 'origin-request' | 'origin-response',
  request: EdgeRequest,
  answer?: Answer,
): Promise<Answer | undefined> {
  const { method, path: uri, query: querystring, headers } = request;
  const response = answer && {
    status: String(answer.status),
    statusDescription: '',
    headers: toLambda(answer.headers),
  };
  const cf = {
    config: { eventType },
    request: { method, uri, querystring, headers: toLambda(headers) },
    ...(response && { response }),
  };
  const result = record(await lambda(code)({ Records: [{ cf }] }));
  if (result['status'] === undefined) return undefined;
  const given = result['body'];
  const body = given === undefined ? (answer?.body ?? Buffer.alloc(0)) : Buffer.from(word(given));
  return { status: Number(result['status']), headers: fromLambda(result['headers']), body };
}

/** CloudFront Functions at viewer-request: an answer, or undefined where the request goes on. */
export function runViewerFunction(code: string, request: EdgeRequest): Answer | undefined {
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: request.address },
    request: { method: request.method, uri: request.path, querystring: {}, headers: {} },
  };
  const result = record(
    runInNewContext(`${code}\nhandler(${JSON.stringify(event)})`, {}, { timeout: 100 }),
  );
  if (result['statusCode'] === undefined) return undefined;
  const headers = Object.entries(record(result['headers'])).map(([name, value]) => [
    name,
    word(record(value)['value']),
  ]);
  return {
    status: Number(result['statusCode']),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.from(word(at(result, 'body.data'))),
  };
}
