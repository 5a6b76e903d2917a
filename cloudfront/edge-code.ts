import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
} from '../installer/src/model/updates/protocol.ts';

const { manifestNotFound, installerNotFound, rangeNotSatisfiable, refused, unavailable } =
  ERROR_BODIES;

/** Where the bodies of errors come from whose status says everything; nobody publishes there. */
export const ERROR_PAGES = {
  refused: '/errors/refused.json',
  unavailable: '/errors/unavailable.json',
};

const js = (value: unknown): string => JSON.stringify(value);

/**
 * Lambda@Edge, Node.js. Asked in two places, and told which by the event:
 * - origin-response: S3 said that something is missing, or that there is no such range. Only here are path and status
 *   known together; a custom error response of CloudFront knows the status alone.
 * - origin-request, below /errors/: the page itself, without asking anybody. What can be wrong when a page is wanted is
 *   the very place that it would lie in.
 * It writes no log and calls nothing, so its role has no rights.
 */
export const ERROR_FUNCTION = `'use strict';
const ANSWERS = {
  missingManifest: ${js(manifestNotFound)},
  missingInstaller: ${js(installerNotFound)},
  range: ${js(rangeNotSatisfiable)},
};
const PAGES = {
  ${js(ERROR_PAGES.refused)}: ${js(refused)},
  ${js(ERROR_PAGES.unavailable)}: ${js(unavailable)},
};
const headers = {
  'content-type': [{ key: 'Content-Type', value: ${js(CONTENT_TYPES.error)} }],
  'cache-control': [{ key: 'Cache-Control', value: ${js(CACHE_CONTROL.error)} }],
};
const answerTo = (status, uri) => {
  if (status === '416') return ANSWERS.range;
  if (status !== '404') return undefined;
  return uri.endsWith('.yml') ? ANSWERS.missingManifest : ANSWERS.missingInstaller;
};
exports.handler = async (event) => {
  const { config, request, response } = event.Records[0].cf;
  if (config.eventType === 'origin-request') {
    const page = PAGES[request.uri];
    const body = JSON.stringify(page || ANSWERS.missingInstaller);
    return { status: page ? '200' : '404', headers, body };
  }
  const answer = answerTo(String(response.status), request.uri);
  if (answer === undefined) return response;
  Object.assign(response.headers, headers);
  if (request.method !== 'HEAD') {
    response.body = JSON.stringify(answer);
    response.bodyEncoding = 'text';
  }
  return response;
};
`;

/**
 * CloudFront Function for every path that is nobody's: answered at the edge, so that neither / nor a query ever reaches
 * S3, where both would be the list of all objects.
 */
export const NOT_FOUND_FUNCTION = `function handler(event) {
  var request = event.request;
  var body = request.uri.endsWith('.yml')
    ? ${js(JSON.stringify(manifestNotFound))}
    : ${js(JSON.stringify(installerNotFound))};
  var answer = {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: {
      'content-type': { value: ${js(CONTENT_TYPES.error)} },
      'cache-control': { value: ${js(CACHE_CONTROL.error)} },
    },
  };
  if (request.method !== 'HEAD') answer.body = { encoding: 'text', data: body };
  return answer;
}
`;
