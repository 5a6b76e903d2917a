import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT_GONE, PLATFORM_ROUTES, type Platform } from './platform.ts';
import { runInContext } from './request-context.ts';

/** What Express adds to a request once a route has matched. */
interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Adds the platform to an Express (4 or 5) or Connect application: endpoints, request context, one
 * log line and one observation per request. Call it before the routes.
 */
export function useExpress(
  app: { use(middleware: Middleware): unknown },
  platform: Platform,
): void {
  app.use((request, response, next) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const context = platform.contextOf(request);
    platform.label(request, response);
    response.once('close', () => {
      const status = response.writableEnded ? response.statusCode : CLIENT_GONE;
      platform.finished(request, endpointOf(request, path), status);
    });
    if (!isPlatformCall(request, path)) {
      runInContext(context, next);
      return;
    }
    platform.answer(path).then((answer) => {
      if (answer === undefined) {
        next();
        return;
      }
      response.statusCode = answer.statusCode;
      response.setHeader('content-type', answer.contentType);
      // Node sends no body to HEAD, and then does not know the length by itself.
      response.setHeader('content-length', Buffer.byteLength(answer.body));
      response.end(answer.body);
    }, next);
  });
}

function isPlatformCall(request: IncomingMessage, path: string): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && Object.hasOwn(PLATFORM_ROUTES, path);
}

/** The template of the matched route, such as `/api/cases/:id`; undefined when none matched. */
function endpointOf(request: RoutedRequest, path: string): string | undefined {
  if (isPlatformCall(request, path)) return path;
  const template = request.route?.path;
  return typeof template === 'string' ? `${request.baseUrl ?? ''}${template}` : undefined;
}
