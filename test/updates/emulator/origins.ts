import { request as requestHttp } from 'node:http';
import type { Json } from '../../../k8s/json.ts';
import type { Answer, EdgeRequest } from './answer.ts';
import { isAllowed, type Asker } from './bucket-policy.ts';

export type Place = {
  readonly bucket: string;
  /** http://host:port of the S3 service of its region. */
  readonly endpoint: string;
  /** Undefined for an origin without access control: its questions are not signed. */
  readonly asker: Asker | undefined;
};

/** The headers CloudFront sends on to S3 by itself; what a policy adds, ours does not. */
const SENT_ON = ['range', 'if-none-match', 'if-modified-since'];

/** Signed, but not so that it could be checked: the test server takes any signature, and what the bucket's policy says is evaluated here. */
const SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=edge/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';

/** S3 names the size of what has no such range in a header as well as in its body; moto in its body alone. */
function withSize(answer: Answer): Answer {
  const [, size] = /<ActualObjectSize>(\d+)</.exec(answer.body.toString()) ?? [];
  if (size === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'content-range': `bytes */${size}` } };
}

function ask(place: Place, request: EdgeRequest): Promise<Answer> {
  const headers = SENT_ON.flatMap((name) => {
    const value = request.headers[name];
    // S3 gives the whole object to whoever asks for several ranges.
    const isMany = name === 'range' && value?.includes(',') === true;
    return value === undefined || isMany ? [] : [[name, value] as const];
  });
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp(
      `${place.endpoint}/${place.bucket}${request.path}`,
      {
        method: request.method,
        headers: {
          ...Object.fromEntries(headers),
          ...(place.asker && { authorization: SIGNATURE }),
        },
        agent: false,
        timeout: 4000,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const given = Object.entries(incoming.headers);
          const answer = {
            status: incoming.statusCode ?? 502,
            headers: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
            body: Buffer.concat(chunks),
          };
          resolve(answer.status === 416 ? withSize(answer) : answer);
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('the origin is silent')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const refusal: Answer = {
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from('<Error><Code>AccessDenied</Code></Error>'),
};

/** One question to S3 as OAC asks it: the bucket's policy decides, as in S3. Throws where nobody answers. */
export async function askS3(place: Place, policy: Json, request: EdgeRequest): Promise<Answer> {
  // moto refuses whoever does not sign.
  if (place.asker === undefined) return ask(place, request);
  const arn = `arn:aws:s3:::${place.bucket}`;
  const mayList = isAllowed(policy, place.asker, 's3:ListBucket', arn);
  // A bucket's address without a name is the list of what is in it.
  const isList = request.path === '/';
  const mayRead = isAllowed(policy, place.asker, 's3:GetObject', arn + request.path);
  if (isList ? !mayList : !mayRead) {
    await ask(place, request);
    return refusal;
  }
  const answer = await ask(place, request);
  return answer.status === 404 && !mayList ? refusal : answer;
}
