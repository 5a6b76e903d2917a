import type { RouteAnswer, EdgeAnswers } from '../facts.ts';
import { publicUrl } from '../../catalog/public-url.ts';
import { SERVICES } from '../../catalog/services/index.generated.ts';
import type { InstanceView } from './instance-view.ts';

/** Where to connect on this host for a listener bound to `bind`. */
export function localAddress(bind: string): string {
  return bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind;
}

/** One GET through the front door for each public route, TLS checked against the edge's own authority where it has one. */
export async function collectEdgeAnswers(view: InstanceView): Promise<EdgeAnswers> {
  const { config } = view.catalog.context;
  const url = publicUrl(config);
  const routes = SERVICES.flatMap(({ name, routes: prefixes }) =>
    prefixes.map((route) => ({ service: name, route })),
  );
  const answers = await Promise.all(
    routes.map(async ({ service, route }): Promise<RouteAnswer> => {
      try {
        const { status } = await view.ports.http.request({
          url: `${url}${route}`,
          connectTo: localAddress(config.edge.bind),
          ...(view.rootCertificate === undefined ? {} : { ca: view.rootCertificate }),
        });
        return { service, route, status, error: '' };
      } catch (error) {
        return {
          service,
          route,
          status: 0,
          error: error instanceof Error ? error.message : String(error),
        };
      }
    }),
  );
  return { url, routes: answers };
}
