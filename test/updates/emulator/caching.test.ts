import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templateText } from '../../../cloudfront/template.ts';
import { at, record } from '../../../k8s/json.ts';
import { secondsToKeep } from './caching.ts';

const policy = { MinTTL: 0, DefaultTTL: 31_536_000, MaxTTL: 31_536_000 };
const answer = (status: number, control?: string) => ({
  status,
  headers: control === undefined ? {} : { 'cache-control': control },
  body: Buffer.alloc(0),
});
const page = (ErrorCode: number, ErrorCachingMinTTL?: number) => ({
  CustomErrorResponses: [
    {
      ErrorCode,
      ResponseCode: ErrorCode,
      ResponsePagePath: '/errors/x.json',
      ...(ErrorCachingMinTTL === undefined ? {} : { ErrorCachingMinTTL }),
    },
  ],
});

describe('an error is kept', () => {
  it.each([
    ['ten seconds where nobody says anything', answer(503), {}, 10],
    ['ten seconds where a page says no time', answer(503), page(503), 10],
    ['as long as its status says', answer(503), page(503, 300), 300],
    ['not at all where that is nothing', answer(503), page(503, 0), 0],
    ['though the origin forbids it', answer(503, 'no-store'), page(503, 300), 300],
    ['not, if what is missing forbids it', answer(404, 'no-store'), page(404, 300), 0],
    ['longer, if it says so itself', answer(404, 'max-age=60'), page(404, 0), 60],
    ['never of a range that is not there', answer(416), page(416, 300), 0],
    ['never of what was refused without a page', answer(403), {}, 0],
    ['of what was refused with one', answer(403), page(403), 10],
  ])('%s', (_, given, distribution, seconds) => {
    expect(secondsToKeep(given, policy, distribution)).toBe(seconds);
  });

  it('in a year of installers not for a year', () => {
    const missing = answer(404);
    expect(secondsToKeep(missing, policy, {})).toBe(10);
    expect(secondsToKeep(answer(200), policy, {})).toBe(policy.DefaultTTL);
  });
});

it('the template keeps no error at all', () => {
  const config = record(
    at(parse(templateText()), 'Resources.Distribution.Properties.DistributionConfig'),
  );
  for (const status of [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504])
    expect(secondsToKeep(answer(status), policy, config), String(status)).toBe(0);
});
