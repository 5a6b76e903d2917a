import { proxyProblem } from '../../model/outgoing-proxy.ts';

/** What a machine shows of a proxy; an address is empty where containers could not use it. */
export type FoundProxy = {
  readonly https: string;
  readonly http: string;
  /** One line for the person who is asked. */
  readonly because: string;
};

type Seen = {
  /** HTTP_PROXY, HTTPS_PROXY and the same in lower case, those that are set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the Docker Engine as it pulls; empty for none. */
  readonly engine: string;
};

/** The variables that tell of a proxy. */
export const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;

/** The proxy of this shell or of the engine, as network.proxy could have it; undefined where there is none. */
export function foundProxy({ environment, engine }: Seen): FoundProxy | undefined {
  const named = PROXY_VARIABLES.find((name) => (environment[name] ?? '') !== '');
  const raw = named === undefined ? engine : (environment[named] ?? '');
  if (raw === '') return undefined;
  const who = named === undefined ? 'The Docker Engine uses one' : `This shell uses one (${named})`;
  const https = usable(raw);
  if (https === '')
    return { https, http: '', because: `${who} that containers cannot use; is there another?` };
  const rawHttp = environment['HTTP_PROXY'] ?? environment['http_proxy'] ?? raw;
  const login = [raw, rawHttp].some((text) => text.includes('@'));
  return {
    https,
    http: usable(rawHttp),
    because: login ? `${who}; its login is left out, for containers show theirs.` : `${who}.`,
  };
}

/** Without login, path and what else containers are not given; empty where nothing they could use is left. */
function usable(text: string): string {
  const [, scheme = 'http://', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/i.exec(text) ?? [];
  const host = rest.slice(rest.lastIndexOf('@') + 1).replace(/[/?#].*$/, '');
  const address = `${scheme.toLowerCase()}${host}`;
  return proxyProblem(address) === undefined ? address : '';
}
