import { at, record, records, word, type Json } from '../../../k8s/json.ts';
import type { Answer } from './answer.ts';

/** What a response headers policy adds, replaces and takes away (CloudFront, "Understanding response headers policies"). */
export function withHeadersPolicy(answer: Answer, policy: Json): Answer {
  const config = record(policy['ResponseHeadersPolicyConfig']);
  const headers: Record<string, string> = { ...answer.headers };
  const isAbsent = (name: string): boolean => headers[name] === undefined;
  for (const { Header, Value, Override } of records(at(config, 'CustomHeadersConfig.Items'))) {
    const name = word(Header).toLowerCase();
    if (Override === true || isAbsent(name)) headers[name] = word(Value);
  }
  const security = record(config['SecurityHeadersConfig']);
  if (security['ContentTypeOptions'] !== undefined) headers['x-content-type-options'] = 'nosniff';
  const transport = record(security['StrictTransportSecurity']);
  if (transport['AccessControlMaxAgeSec'] !== undefined)
    headers['strict-transport-security'] = `max-age=${word(transport['AccessControlMaxAgeSec'])}`;
  const removed = records(at(config, 'RemoveHeadersConfig.Items')).map(({ Header }) =>
    word(Header).toLowerCase(),
  );
  const left = Object.entries(headers).filter(([name]) => !removed.includes(name));
  return { ...answer, headers: Object.fromEntries(left) };
}
