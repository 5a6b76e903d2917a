import { describe, expect, it } from 'vitest';
import {
  contextFromHeaders,
  currentContext,
  outgoingHeaders,
  runInContext,
} from './request-context.ts';

const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);

describe('request context', () => {
  it('takes over what the caller sent', () => {
    const context = contextFromHeaders({
      'x-request-id': 'abc-1',
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: 'vendor=1',
    });
    expect(context).toMatchObject({
      requestId: 'abc-1',
      traceId: TRACE,
      traceFlags: '01',
      traceState: 'vendor=1',
    });
  });

  for (const traceparent of [
    undefined,
    'rubbish',
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ]) {
    it(`starts a trace of its own for traceparent ${traceparent ?? 'absent'}`, () => {
      const { traceId } = contextFromHeaders(traceparent === undefined ? {} : { traceparent });
      expect(traceId).toMatch(/^[\da-f]{32}$/);
      expect(traceId).not.toBe(TRACE);
    });
  }

  it('does not take over a request id that could forge a log line or header', () => {
    const { requestId } = contextFromHeaders({ 'x-request-id': 'a"},{"level' });
    expect(requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it('passes request id and trace on, with a span of its own', () => {
    const context = contextFromHeaders({
      'x-request-id': 'abc-1',
      traceparent: `00-${TRACE}-${SPAN}-01`,
    });
    const headers = runInContext(context, () => outgoingHeaders());
    expect(headers['x-request-id']).toBe('abc-1');
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`));
    expect(headers['traceparent']).not.toContain(SPAN);
  });

  it('is absent outside of a request', () => {
    expect(currentContext()).toBeUndefined();
    expect(outgoingHeaders()).toEqual({});
  });
});
