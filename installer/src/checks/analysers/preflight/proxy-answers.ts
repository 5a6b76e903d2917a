import { hasProxy } from '../../../catalog/outgoing-proxy.ts';
import type { ProxyAnswersFacts } from '../../facts-preflight.ts';
import { defineCheck, doubt, fine, refusal, type Verdict } from './check.ts';

type Asked = ProxyAnswersFacts['asked'][number];

const LOGIN_WANTED = 407;

/** From this host: before the first installation there is no container to ask from, and they go the same way. */
export const proxyAnswers = defineCheck({
  name: 'proxy-answers',
  proves:
    'The proxy of network.proxy answers this server without a login and, with edge.tls.mode acme, lets it through to the authority.',
  warns: 'nothing is said within 3 s, or the authority is not let through to',
  fails: 'no connection within 3 s, something else than a proxy, or a login is asked for (407)',
  codes: ['FW-PROXY-UNREACHABLE', 'FW-PROXY-LOGIN'],
  remedy: 'curl -v --proxy URL https://HOST; --set network.proxy.https=URL',
  purposes: ['install', 'upgrade'],
  needs: ['proxyAnswers'],
  applies: ({ context }) => hasProxy(context.config),
  analyse({ proxyAnswers: { asked } }) {
    const verdicts = asked.map(judge);
    const worst =
      verdicts.find(({ status }) => status === 'fail') ??
      verdicts.find(({ status }) => status === 'warn');
    if (worst) {
      const others = verdicts.filter((one) => one !== worst && one.status !== 'pass');
      return { ...worst, details: others.map(({ found }) => found) };
    }
    return fine(verdicts.map(({ found }) => found).join('; '));
  },
});

function judge({ key, proxy, target, needed, result }: Asked): Verdict {
  const host = target.replace(/:\d+$/, '');
  const ask = `curl -v --max-time 5 --proxy ${proxy} https://${needed ? host : 'example.com'}/`;
  const another = `Ask it yourself: ${ask}   and where it is another one: --set ${key}=URL`;
  switch (result.answer) {
    case 'unreachable':
      return refusal(
        'FW-PROXY-UNREACHABLE',
        `${proxy} (${key}) cannot be reached: ${result.reason}`,
        another,
      );
    case 'foreign':
      return refusal(
        'FW-PROXY-UNREACHABLE',
        `what answers at ${proxy} (${key}) is no proxy`,
        another,
      );
    case 'silent':
      return doubt(`${proxy} (${key}) takes the connection and says nothing within 3 s`, another);
    case 'status':
      return judgeStatus({ key, proxy, host, needed, status: result.status, ask });
  }
}

function judgeStatus({
  key,
  proxy,
  host,
  needed,
  status,
  ask,
}: {
  key: string;
  proxy: string;
  host: string;
  needed: boolean;
  status: number;
  ask: string;
}): Verdict {
  if (status === LOGIN_WANTED)
    return refusal(
      'FW-PROXY-LOGIN',
      `${proxy} (${key}) asks for a login`,
      `Have it let this server in by its address, or name a relay on this server that knows the password: --set ${key}=URL   See it: ${ask}`,
    );
  if (needed && (status < 200 || status > 299))
    return doubt(
      `${proxy} (${key}) answers ${status} when asked for ${host}, which gives the certificate`,
      `Have it let this server through to ${host}, port 443. See it: ${ask}`,
    );
  return fine(needed ? `${proxy} lets through to ${host}` : `${proxy} answers`);
}
