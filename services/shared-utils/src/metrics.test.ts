import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('has one label for all methods strangers make up', async () => {
  const metrics = createMetrics('s', '1.0.0');
  for (let index = 0; index < 100; index += 1) {
    metrics.observeRequest({
      method: `MADE-UP-${index}`,
      endpoint: undefined,
      status: 404,
      seconds: 0.001,
      clientId: undefined,
    });
  }
  const text = await metrics.registry.metrics();
  expect(text).toContain(
    'http_requests_total{method="OTHER",endpoint="__unmatched__",status="404"} 100\n',
  );
  expect(text).not.toContain('MADE-UP');
});
