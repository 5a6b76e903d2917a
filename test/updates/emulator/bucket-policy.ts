import { list, record, records, word, type Json } from '../../../k8s/json.ts';

export type Asker = {
  /** cloudfront.amazonaws.com */
  readonly service: string;
  /** Of the distribution, and the account it is in. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
  /** More of what conditions ask for: `s3:if-none-match` and the like. What is not among it is not in the request. */
  readonly says?: Readonly<Record<string, string>>;
};

const many = (value: unknown): readonly unknown[] => (Array.isArray(value) ? list(value) : [value]);

function like(pattern: string, value: string): boolean {
  const expression = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${expression}$`).test(value);
}

function isMeant(principal: unknown, { service }: Asker): boolean {
  if (principal === '*') return true;
  const named = record(principal);
  return [...many(named['Service']), ...many(named['AWS'])].some(
    (one) => one === '*' || one === service,
  );
}

function isUnder(condition: unknown, { sourceArn, sourceAccount, says }: Asker): boolean {
  const facts: Json = {
    'aws:SourceArn': sourceArn,
    'aws:SourceAccount': sourceAccount,
    'aws:SecureTransport': 'true',
    ...says,
  };
  return Object.entries(record(condition)).every(([operator, wanted]) =>
    Object.entries(record(wanted)).every(([key, value]) => {
      if (operator === 'Null') return (facts[key] === undefined) === (word(value) === 'true');
      const fact = word(facts[key]);
      if (operator === 'ArnLike' || operator === 'StringLike')
        return many(value).some((one) => like(word(one), fact));
      if (operator === 'StringEquals' || operator === 'Bool')
        return many(value).some((one) => word(one) === fact);
      throw new Error(`the operator ${operator} is not evaluated here`);
    }),
  );
}

function isAbout(statement: Json, resource: string): boolean {
  const names = (of: unknown) => many(of).some((one) => like(word(one), resource));
  const { Resource, NotResource } = statement;
  return NotResource === undefined ? names(Resource) : !names(NotResource);
}

/** Whether a bucket's policy lets a service do this: a statement allows it and none denies it (IAM, "Policy evaluation"). */
export function isAllowed(policy: Json, asker: Asker, action: string, resource: string): boolean {
  const fitting = records(policy['Statement']).filter(
    (statement) =>
      isMeant(statement['Principal'], asker) &&
      many(statement['Action']).some((one) => like(word(one), action)) &&
      isAbout(statement, resource) &&
      isUnder(statement['Condition'], asker),
  );
  const has = (effect: string): boolean => fitting.some(({ Effect }) => Effect === effect);
  return has('Allow') && !has('Deny');
}
