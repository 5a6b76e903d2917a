/** Words of CloudFormation templates, as objects (AWS CloudFormation user guide, "Intrinsic function reference"). */
export type Value =
  string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly Properties: Readonly<Record<string, Value>>;
};

export type Resources = Readonly<Record<string, Resource>>;

export type Parameter = {
  readonly Type: 'String' | 'Number';
  readonly Description: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
};

export type Output = {
  readonly Description: string;
  readonly Condition?: string;
  readonly Value: Value;
};

export type Template = {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Rules: Readonly<Record<string, Value>>;
  readonly Conditions: Readonly<Record<string, Value>>;
  readonly Resources: Resources;
  readonly Outputs: Readonly<Record<string, Output>>;
};

export const ref = (name: string): Value => ({ Ref: name });
/** The long form: checkers of templates read over the short one without a word. */
export const att = (name: string, attribute: string): Value => ({
  'Fn::GetAtt': [name, attribute],
});
export const sub = (text: string): Value => ({ 'Fn::Sub': text });
export const not = (condition: Value): Value => ({ 'Fn::Not': [condition] });
export const equals = (one: Value, other: Value): Value => ({ 'Fn::Equals': [one, other] });
export const either = (condition: string, yes: Value, no: Value): Value => ({
  'Fn::If': [condition, yes, no],
});

/** Every resource of a part exists under its condition alone. */
export function under(condition: string, resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([name, { Type, ...rest }]) => [
      name,
      { Type, Condition: condition, ...rest },
    ]),
  );
}

type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Value;
  readonly Action: Value;
  readonly Condition?: Value;
} & ({ readonly Resource: Value } | { readonly NotResource: Value });

export function policy(...statements: readonly Statement[]): Value {
  return { Version: '2012-10-17', Statement: statements };
}

/** Who may take on a role that a service of AWS needs. */
export function trustedBy(...services: readonly string[]): Value {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: services },
        Action: 'sts:AssumeRole',
      },
    ],
  };
}
