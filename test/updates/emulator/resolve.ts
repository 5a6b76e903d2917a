import { at, list, record, word, type Json } from '../../../k8s/json.ts';

export type Stack = {
  /** Properties of a resource that exists in this stack, with nothing left to compute. */
  readonly properties: (name: string) => Json;
  readonly resources: readonly { readonly name: string; readonly type: string }[];
};

/**
 * What AWS would give to whoever refers to a resource: `Name` for Ref, `Name.Attribute` for GetAtt. Where nothing is said
 * it is the logical name, by which it can be found again.
 */
export type Physical = Readonly<Record<string, string>>;

/**
 * Computes a template as CloudFormation would for these parameters: conditions, Ref, GetAtt, Sub, If, Join, Equals, And,
 * Not. Anything else, and a name that nobody has given a value, is an error.
 */
export function resolveStack(template: Json, parameters: Json, physical: Physical): Stack {
  const defaults = Object.entries(record(template['Parameters'])).flatMap(([name, declared]) => {
    const given = parameters[name] ?? record(declared)['Default'];
    return given === undefined ? [] : [[name, given] as const];
  });
  const values: Json = { ...physical, ...Object.fromEntries(defaults) };
  const conditions = record(template['Conditions']);

  const lookUp = (name: string): unknown => {
    const [resource = ''] = name.split('.');
    const own = resource in record(template['Resources']) ? resource : undefined;
    const value = values[name] ?? own;
    if (value === undefined) throw new Error(`nobody said what ${name} is`);
    return value;
  };
  const holds = (condition: unknown): boolean => compute(condition) === true;

  function compute(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(compute);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value) as [
      string,
      unknown,
    ][];
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::')))
      return call(key, argument);
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]: [string, unknown]) => [name, compute(inner)]),
    );
  }

  function call(name: string, argument: unknown): unknown {
    const parts = list(argument);
    switch (name) {
      case 'Ref':
        return lookUp(word(argument));
      case 'Fn::GetAtt':
        return lookUp(parts.map(word).join('.'));
      case 'Fn::Sub':
        return word(argument).replaceAll(/\$\{([^}]+)\}/g, (_, one: string) => word(lookUp(one)));
      case 'Fn::Join':
        return list(compute(parts[1])).map(word).join(word(parts[0]));
      case 'Fn::If':
        return compute(holds(conditions[word(parts[0])]) ? parts[1] : parts[2]);
      case 'Fn::Equals':
        return compute(parts[0]) === compute(parts[1]);
      case 'Fn::Not':
        return compute(parts[0]) !== true;
      case 'Fn::And':
        return parts.every((part) => compute(part) === true);
      default:
        throw new Error(`${name} is not computed here`);
    }
  }

  const resources = Object.entries(record(template['Resources'])).filter(([, resource]) =>
    holds(conditions[word(record(resource)['Condition'])]),
  );
  return {
    resources: resources.map(([name, resource]) => ({ name, type: word(at(resource, 'Type')) })),
    properties: (name) => {
      const found = resources.find(([one]) => one === name)?.[1];
      if (found === undefined) throw new Error(`${name} is not in this stack`);
      return record(compute(record(found)['Properties']));
    },
  };
}
