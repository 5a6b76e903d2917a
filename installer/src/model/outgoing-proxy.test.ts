import { describe, expect, it } from 'vitest';
import { noProxyProblem, proxyConfig, proxyProblem } from './outgoing-proxy.ts';

describe('the address of a proxy', () => {
  it.each([
    'http://proxy.example.com:3128',
    'https://proxy.example.com',
    'http://proxy:8080',
    'http://web_proxy:3128',
    'http://10.0.0.5:3128',
    'http://[fd00::5]:3128',
  ])('%s is one', (text) => {
    expect(proxyProblem(text)).toBeUndefined();
  });

  it.each([
    ['proxy.example.com:3128', 'must begin with http'],
    ['socks5://proxy.example.com:1080', 'must begin with http'],
    ['', 'must begin with http'],
    ['http://', 'names no host'],
    ['http://:3128', 'names no host'],
    ['http://pro xy:3128', 'nothing behind'],
    ['http://proxy.example.com:3128/', 'nothing behind'],
    ['http://proxy.example.com:3128/proxy.pac', 'nothing behind'],
    ['http://proxy.example.com?x=1', 'nothing behind'],
    ['http://proxy.example.com#x', 'nothing behind'],
    ['http://proxy.example.com:', 'nothing behind'],
    ['http://proxy.example.com:0', 'a port that does not exist'],
    ['http://proxy.example.com:65536', 'a port that does not exist'],
    ['http://10.0.0.300:3128', 'names no host'],
    ['http://[fd00::zz]:3128', 'names no host'],
    ['http://localhost:3128', 'is the container itself'],
    ['http://proxy.localhost:3128', 'is the container itself'],
    ['http://127.0.0.1:3128', 'is the container itself'],
    ['http://127.1:3128', 'is the container itself'],
    ['http://0.0.0.0:3128', 'is the container itself'],
    ['http://[::1]:3128', 'is the container itself'],
    ['http://[0:0:0:0:0:0:0:1]:3128', 'is the container itself'],
    ['http://[::ffff:127.0.0.1]:3128', 'is the container itself'],
  ])('%s is none: %s', (text, problem) => {
    expect(proxyProblem(text)?.message).toContain(problem);
    expect(proxyProblem(text)?.hint).toMatch(/\.$/);
  });

  it.each([
    'http://anna:canary-5@proxy.example.com:3128',
    'http://canary-5@proxy.example.com:3128',
    'anna:canary-5@proxy.example.com:3128',
    'http://anna:p/canary-5@proxy.example.com:3128',
    'http://@canary-5',
  ])('with a login is refused for that reason, and never repeated: %s', (text) => {
    const problem = proxyProblem(text);
    expect(problem?.message).toContain('holds a login');
    expect(problem?.hint).toContain('by its address');
    expect(JSON.stringify(problem)).not.toMatch(/canary|anna/);
  });
});

describe('what is spared', () => {
  it.each([
    'files',
    'files.firm.example',
    '.firm.example',
    '10.0.0.5',
    '10.0.0.0/8',
    'fd00::5',
    'fd00::/8',
    'file_server',
    '4you.example',
  ])('%s may be', (text) => {
    expect(noProxyProblem(text)).toBeUndefined();
  });

  it.each([
    '',
    '*',
    '*.firm.example',
    'files.firm.example:8080',
    'http://files.firm.example',
    'a,b',
    'a b',
    '..firm.example',
    '10.0.0.0/33',
    '10.0',
    '10.0.0.300',
    '10.0.0.0/8/8',
    'fd00::/129',
    'fd00::zz',
    'anna:canary-5@files',
  ])('%j may not, and is not repeated', (text) => {
    const problem = noProxyProblem(text);
    expect(problem?.message).toContain('must be a host name');
    if (text.length > 4) expect(JSON.stringify(problem)).not.toContain(text);
  });
});

it('one of the two may be missing, and without either nothing is set', () => {
  expect(proxyConfig.parse({})).toEqual({ noProxy: [] });
  expect(proxyConfig.parse({ https: 'http://proxy:3128' })).toEqual({
    https: 'http://proxy:3128',
    noProxy: [],
  });
});
