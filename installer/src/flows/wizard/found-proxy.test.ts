import { describe, expect, it } from 'vitest';
import { proxyProblem } from '../../model/outgoing-proxy.ts';
import { foundProxy } from './found-proxy.ts';

const of = (environment: Record<string, string>, engine = '') =>
  foundProxy({ environment, engine });

describe('a proxy that a machine shows', () => {
  it('is none where neither shell nor engine has one', () => {
    expect(of({})).toBeUndefined();
    expect(of({ HTTPS_PROXY: '' })).toBeUndefined();
  });

  it.each([
    ['http://proxy:3128', 'http://proxy:3128'],
    ['http://proxy:3128/', 'http://proxy:3128'],
    ['HTTP://proxy:3128', 'http://proxy:3128'],
    ['proxy:3128', 'http://proxy:3128'],
    ['http://anna:canary-5@proxy:3128/', 'http://proxy:3128'],
    ['anna:can@ry-5@proxy:3128', 'http://proxy:3128'],
    ['http://127.0.0.1:3128', ''],
    ['socks5://proxy:1080', ''],
    ['nonsense with spaces', ''],
  ])('%s is proposed as "%s"', (value, https) => {
    const found = of({ HTTPS_PROXY: value });
    expect(found?.https).toBe(https);
    if (https !== '') expect(proxyProblem(https)).toBeUndefined();
    expect(JSON.stringify(found)).not.toMatch(/canary|can@ry|anna/);
    expect(found?.because.includes('login')).toBe(value.includes('@'));
  });

  it('is the one for https:// of the shell, then the other, then that of the engine', () => {
    const [a, b] = ['http://a:1', 'http://b:2'];
    expect(of({ HTTPS_PROXY: a, HTTP_PROXY: b }, 'http://c:3')).toEqual({
      https: a,
      http: b,
      because: 'This shell uses one (HTTPS_PROXY).',
    });
    expect(of({ http_proxy: b })).toMatchObject({ https: b, http: b });
    expect(of({}, 'http://c:3')).toMatchObject({
      https: 'http://c:3',
      because: 'The Docker Engine uses one.',
    });
  });
});
