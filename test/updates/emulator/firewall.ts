import { at, record, records, word, type Json } from '../../../k8s/json.ts';
import type { Answer, EdgeRequest } from './answer.ts';

const HEADERS_BY_TYPE: Readonly<Record<string, string>> = {
  APPLICATION_JSON: 'application/json',
  TEXT_PLAIN: 'text/plain',
  TEXT_HTML: 'text/html',
};

function isInScope(statement: Json, { path }: EdgeRequest): boolean {
  const match = record(statement['ByteMatchStatement']);
  const text = word(match['SearchString']);
  switch (match['PositionalConstraint']) {
    case 'STARTS_WITH':
      return path.startsWith(text);
    case 'ENDS_WITH':
      return path.endsWith(text);
    default:
      throw new Error('such a statement is not evaluated here');
  }
}

export type Firewall = {
  /** The answer of the rule that blocks, if one does. Counts the request. */
  judge(request: EdgeRequest): Answer | undefined;
  /** What was counted is forgotten, as after the window. */
  forget(): void;
};

/** The rate rules of a web ACL: requests of one address in the window, those over the limit are blocked (AWS WAF). */
export function startFirewall(acl: Json): Firewall {
  const seen = new Map<string, number[]>();
  const rules = records(acl['Rules']).toSorted(
    (a, b) => Number(a['Priority']) - Number(b['Priority']),
  );

  const isOver = (rule: Json, request: EdgeRequest): boolean => {
    const rate = record(at(rule, 'Statement.RateBasedStatement'));
    if (!isInScope(record(rate['ScopeDownStatement']), request)) return false;
    const key = `${word(rule['Name'])} ${request.address}`;
    const since = Date.now() - Number(rate['EvaluationWindowSec'] ?? 300) * 1000;
    const times = [...(seen.get(key) ?? []).filter((time) => time > since), Date.now()];
    seen.set(key, times);
    return times.length > Number(rate['Limit']);
  };

  const answerOf = (rule: Json): Answer => {
    const custom = record(at(rule, 'Action.Block.CustomResponse'));
    const body = record(at(acl['CustomResponseBodies'], word(custom['CustomResponseBodyKey'])));
    const headers = records(custom['ResponseHeaders']).map(({ Name, Value }) => [
      word(Name).toLowerCase(),
      word(Value),
    ]);
    return {
      status: Number(custom['ResponseCode'] ?? 403),
      headers: {
        ...(Object.fromEntries(headers) as Record<string, string>),
        'content-type': HEADERS_BY_TYPE[word(body['ContentType'])] ?? 'text/html',
      },
      body: Buffer.from(word(body['Content'])),
    };
  };

  return {
    judge(request) {
      const rule = rules.find((one) => isOver(one, request));
      return rule && answerOf(rule);
    },
    forget() {
      seen.clear();
    },
  };
}
