import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import type { ProxyAnswer } from '../../../model/proxy-answer.ts';
import type { ProxyAnswersFacts, ProxyFacts } from '../../facts-preflight.ts';
import type { Verdict } from './check.ts';
import { proxyAnswers } from './proxy-answers.ts';
import { proxy } from './proxy.ts';

const PROXY = 'http://proxy.example.com:3128';
const OURS = { network: { proxy: { https: PROXY } } };

describe('proxy', () => {
  const of = (facts: Partial<ProxyFacts>, source = 'upstream', settings: object = {}) =>
    judge(proxy, () => ({ proxy: { shell: {}, engine: '', containers: '', ...facts } }), {
      settings: { images: { source }, ...settings },
    });
  const SPARED = { HTTPS_PROXY: PROXY, NO_PROXY: 'localhost, 127.0.0.1' };

  it.each([
    [{}, 'pass: none'],
    [
      { shell: SPARED, engine: PROXY },
      `pass: HTTPS_PROXY=${PROXY}; the engine fetches through ${PROXY}`,
    ],
    [
      { shell: { HTTPS_PROXY: PROXY }, engine: PROXY },
      'warn: a proxy is set, but NO_PROXY does not spare localhost and 127.0.0.1',
    ],
    [
      { shell: SPARED },
      'warn: this shell has a proxy, but the Docker Engine fetches images without one',
    ],
    [
      { shell: { ...SPARED, HTTPS_PROXY: 'proxy:3128' }, engine: PROXY },
      'warn: HTTPS_PROXY is "proxy:3128", which is no address',
    ],
    [
      { containers: PROXY },
      `warn: the docker command gives every container the proxy ${PROXY}: requests between them would go there`,
    ],
  ])('%j', (facts, line) => {
    expect(lineOf(of(facts))).toBe(line);
  });

  it('who fetches nothing needs no proxy in the engine; a star spares everything', () => {
    expect(of({ shell: SPARED }, 'debian').status).toBe('pass');
    expect(of({ shell: { HTTP_PROXY: PROXY, NO_PROXY: '*' }, engine: PROXY }).status).toBe('pass');
  });

  it('network.proxy does not reach the engine: told where images have to be fetched, with the file to write', () => {
    const verdict = of({}, 'upstream', OURS);
    expect(lineOf(verdict)).toBe(
      'warn: network.proxy is set, but the Docker Engine fetches images without one',
    );
    expect(verdict.remedy).toContain(
      String.raw`printf '[Service]\nEnvironment="HTTP_PROXY=${PROXY}" "HTTPS_PROXY=${PROXY}" "NO_PROXY=localhost,127.0.0.1"\n' | sudo tee /etc/systemd/system/docker.service.d/http-proxy.conf && sudo systemctl daemon-reload && sudo systemctl restart docker`,
    );
    expect(lineOf(of({}, 'debian', OURS))).toBe(`pass: network.proxy.https=${PROXY}`);
    expect(lineOf(of({ engine: 'http://other:1' }, 'upstream', OURS))).toBe(
      `pass: network.proxy.https=${PROXY}; the engine fetches through http://other:1`,
    );
  });

  it('what a shell has is put into no command unless it is a plain address', () => {
    const odd = { ...SPARED, HTTPS_PROXY: "http://proxy:3128/'$(reboot)'" };
    expect(of({ shell: odd }).remedy).toContain('HTTPS_PROXY=http://PROXY:PORT');
    expect(of({ shell: odd }).remedy).not.toContain('reboot');
  });

  it('a proxy of all containers is to be said in network.proxy instead, unless it is', () => {
    expect(of({ containers: PROXY }).remedy).toContain(`--set network.proxy.https=${PROXY}`);
    const told = of({ containers: PROXY, engine: PROXY }, 'upstream', OURS);
    expect(told.status).toBe('warn');
    expect(told.remedy).not.toContain('--set');
  });
});

describe('proxy-answers', () => {
  type Asked = ProxyAnswersFacts['asked'][number];
  const asked = (result: ProxyAnswer, more: Partial<Asked> = {}): Asked => ({
    key: 'network.proxy.https',
    proxy: PROXY,
    method: 'CONNECT',
    target: 'factsway.invalid:443',
    needed: false,
    result,
    ...more,
  });
  const of = (...all: Asked[]): Verdict =>
    judge(proxyAnswers, () => ({ proxyAnswers: { asked: all } }), { settings: OURS });
  const status = (code: number): ProxyAnswer => ({ answer: 'status', status: code });
  const AUTHORITY = { target: 'acme.example.com:443', needed: true };

  it.each([
    [asked(status(503)), `pass: ${PROXY} answers`],
    [asked(status(403)), `pass: ${PROXY} answers`],
    [asked(status(407)), `fail FW-PROXY-LOGIN: ${PROXY} (network.proxy.https) asks for a login`],
    [asked(status(200), AUTHORITY), `pass: ${PROXY} lets through to acme.example.com`],
    [
      asked(status(403), AUTHORITY),
      `warn: ${PROXY} (network.proxy.https) answers 403 when asked for acme.example.com, which gives the certificate`,
    ],
    [
      asked(status(407), AUTHORITY),
      `fail FW-PROXY-LOGIN: ${PROXY} (network.proxy.https) asks for a login`,
    ],
    [
      asked({ answer: 'unreachable', reason: 'ECONNREFUSED' }),
      `fail FW-PROXY-UNREACHABLE: ${PROXY} (network.proxy.https) cannot be reached: ECONNREFUSED`,
    ],
    [
      asked({ answer: 'foreign' }),
      `fail FW-PROXY-UNREACHABLE: what answers at ${PROXY} (network.proxy.https) is no proxy`,
    ],
    [
      asked({ answer: 'silent' }),
      `warn: ${PROXY} (network.proxy.https) takes the connection and says nothing within 3 s`,
    ],
  ])('%j', (one, line) => {
    expect(lineOf(of(one))).toBe(line);
    if (!line.startsWith('pass')) expect(of(one).remedy).toContain(`curl -v --max-time 5 --proxy`);
  });

  it('of two the worse one is told, and the other is not forgotten', () => {
    const second = { key: 'network.proxy.http', method: 'GET' } as const;
    const verdict = of(asked({ answer: 'silent' }), asked(status(407), second));
    expect(verdict.code).toBe('FW-PROXY-LOGIN');
    expect(verdict.details).toEqual([expect.stringContaining('says nothing')]);
  });

  it('is asked only where there is a proxy, before an installation and before an upgrade', () => {
    expect(proxyAnswers.purposes).toEqual(['install', 'upgrade']);
  });
});
