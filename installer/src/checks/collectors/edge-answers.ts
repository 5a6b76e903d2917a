import type { EdgeAnswers, PageAnswer, RouteAnswer, ServedCertificate } from '../facts.ts';
import { publicUrl } from '../../catalog/public-url.ts';
import { SERVICES } from '../../catalog/services/index.generated.ts';
import type { HttpResponse, PeerCertificate } from '../../ports/http.ts';
import { collectEdgeTrust, type EdgeTrust } from './edge-trust.ts';
import type { InstanceView } from './instance-view.ts';

const DAY_MS = 86_400_000;

/** Where to connect on this host for a listener bound to `bind`. */
export function localAddress(bind: string): string {
  return bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** One GET through the front door for each public route and for the runbooks, TLS checked as a client would. */
export async function collectEdgeAnswers(view: InstanceView): Promise<EdgeAnswers> {
  const { config } = view.catalog.context;
  const url = publicUrl(config);
  const routes = SERVICES.flatMap(({ name, routes: prefixes }) =>
    prefixes.map((route) => ({ service: name, route })),
  );
  const trust = await collectEdgeTrust({ ...view, files: view.ports.files });
  const get = (path: string): Promise<HttpResponse> =>
    view.ports.http.request({
      url: `${url}${path}`,
      connectTo: localAddress(config.edge.bind),
      ...trust.options,
    });
  let shown: PeerCertificate | undefined;
  const [runbooks, ...answers] = await Promise.all([
    get('/runbooks/').then(
      ({ status, headers }): PageAnswer => ({
        status,
        contentType: headers['content-type'] ?? '',
        error: '',
      }),
      (error: unknown): PageAnswer => ({ status: 0, contentType: '', error: messageOf(error) }),
    ),
    ...routes.map(async ({ service, route }): Promise<RouteAnswer> => {
      try {
        const { status, certificate } = await get(route);
        shown = certificate;
        return { service, route, status, error: '' };
      } catch (error) {
        return { service, route, status: 0, error: messageOf(error) };
      }
    }),
  ]);
  const certificate = served(shown, trust, view);
  return { url, routes: answers, runbooks, ...(certificate ? { certificate } : {}) };
}

/** The edge's own authority renews twice a day by itself: there is nothing to judge. */
function served(
  shown: PeerCertificate | undefined,
  { fingerprint }: EdgeTrust,
  { catalog, ports }: InstanceView,
): ServedCertificate | undefined {
  if (!shown || catalog.context.config.edge.tls.mode === 'internal') return undefined;
  return {
    daysLeft: Math.floor((shown.notAfterMs - ports.clock.now().getTime()) / DAY_MS),
    asGiven: fingerprint === undefined || fingerprint === shown.fingerprint,
  };
}
