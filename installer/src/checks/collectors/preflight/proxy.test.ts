import { describe, expect, it } from 'vitest';
import { ENGINE, fakeMachine, viewWith } from '../../../../../test/fakes/preflight.ts';
import type { ProxyQuestion } from '../../../model/proxy-answer.ts';
import { collectProxy, collectProxyAnswers } from './proxy.ts';

it('a proxy is told without its password, whichever way the variable is written', async () => {
  const machine = fakeMachine({
    environment: async () => ({ https_proxy: 'http://anna:canary-5@proxy.example.com:3128' }),
  });
  const engine = { ...ENGINE, rootIsHere: true, proxy: 'http://anna:canary-5@proxy:3128' };
  const found = await collectProxy(viewWith({ ports: { machine }, facts: { engine } }));
  expect(found).toEqual({
    shell: { HTTPS_PROXY: 'http://proxy.example.com:3128' },
    engine: 'http://proxy:3128',
    containers: '',
  });
});

describe('the proxies of network.proxy', () => {
  const asked = async (settings: object): Promise<string[]> => {
    const questions: ProxyQuestion[] = [];
    const machine = fakeMachine({
      askProxy: async (question) => {
        questions.push(question);
        return { answer: 'status', status: 200 };
      },
    });
    const facts = await collectProxyAnswers(viewWith({ settings, ports: { machine } }));
    expect(facts.asked.map(({ result }) => result.answer)).toEqual(questions.map(() => 'status'));
    return facts.asked.map(
      ({ key, proxy, method, target, needed }) =>
        `${key} ${proxy} ${method} ${target}${needed ? ' needed' : ''}`,
    );
  };
  const [http, https] = ['http://one:1', 'http://two:2'];

  it('are asked for a name that exists nowhere: nobody outside hears of it', async () => {
    expect(await asked({ network: { proxy: { http, https } } })).toEqual([
      'network.proxy.https http://two:2 CONNECT factsway.invalid:443',
      'network.proxy.http http://one:1 GET factsway.invalid:443',
    ]);
  });

  it('are asked once where they are one', async () => {
    expect(await asked({ network: { proxy: { http, https: http } } })).toHaveLength(1);
    expect(await asked({ network: { proxy: { http } } })).toEqual([
      'network.proxy.http http://one:1 GET factsway.invalid:443',
    ]);
  });

  it.each([
    [undefined, 'acme-v02.api.letsencrypt.org:443'],
    ['https://ca.example.com/directory', 'ca.example.com:443'],
    ['https://ca.example.com:9443/directory', 'ca.example.com:9443'],
  ])('are asked for the authority that gives the certificate (%s)', async (directory, target) => {
    const acmeDirectory = directory === undefined ? {} : { acmeDirectory: directory };
    const tls = { mode: 'acme', email: 'a@example.com', ...acmeDirectory };
    const host = { name: 'factsway.example.com' };
    expect(await asked({ host, edge: { tls }, network: { proxy: { https } } })).toEqual([
      `network.proxy.https http://two:2 CONNECT ${target} needed`,
    ]);
  });
});
