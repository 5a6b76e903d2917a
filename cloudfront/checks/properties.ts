import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource, TypeDefinition } from '@aws-cdk/service-spec-types';
import type { Template } from '../cloudformation.ts';

const db = loadAwsServiceSpecSync();

type Checked = { readonly properties: Resource['properties'] };

const INTRINSIC = /^(Ref|Fn::[A-Za-z0-9]+)$/;

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [key, ...others] = Object.keys(value);
  return key !== undefined && others.length === 0 && INTRINSIC.test(key);
}

function judgeObject(value: object, { properties }: Checked, path: string): readonly string[] {
  const given = Object.entries(value) as [string, unknown][];
  const missing = Object.entries(properties).filter(
    ([name, { required }]) => required === true && !(name in value),
  );
  return [
    ...missing.map(([name]) => `${path}.${name} is required`),
    ...given.flatMap(([name, inner]) => {
      const property = properties[name];
      if (property === undefined) return [`${path}.${name} is no property`];
      const deprecated = property.deprecated as string | undefined;
      if (deprecated !== undefined && deprecated !== 'NONE')
        return [`${path}.${name} is deprecated`];
      return judge(inner, property.type, `${path}.${name}`);
    }),
  ];
}

function definition(reference: string): TypeDefinition {
  return db.get('typeDefinition', reference);
}

const SCALARS: Partial<Record<PropertyType['type'], readonly string[]>> = {
  string: ['string'],
  'date-time': ['string'],
  number: ['number'],
  integer: ['number'],
  boolean: ['boolean'],
};

function judgeList(value: unknown, element: PropertyType, path: string): readonly string[] {
  if (!Array.isArray(value)) return [`${path} has to be a list`];
  return value.flatMap((one: unknown, index) => judge(one, element, `${path}[${index}]`));
}

function judgeMap(value: unknown, element: PropertyType, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path} has to be a map`];
  const entries = Object.entries(value) as [string, unknown][];
  return entries.flatMap(([key, inner]) => judge(inner, element, `${path}.${key}`));
}

/** What is wrong with a value. An intrinsic function may become anything, so it is not looked into. */
function judge(value: unknown, type: PropertyType, path: string): readonly string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'array':
      return judgeList(value, type.element, path);
    case 'map':
      return judgeMap(value, type.element, path);
    case 'ref': {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const target = definition(type.reference.$ref);
      return isObject ? judgeObject(value, target, path) : [`${path} has to be an object`];
    }
    case 'union': {
      const tried = type.types.map((one) => judge(value, one, path));
      return tried.find((problems) => problems.length === 0) ?? tried[0] ?? [];
    }
    case 'json':
    case 'tag':
    case 'null':
      return [];
    case 'string':
    case 'date-time':
    case 'number':
    case 'integer':
    case 'boolean':
      return SCALARS[type.type]?.includes(typeof value) === true
        ? []
        : [`${path} has to be of type ${type.type}`];
  }
}

/** `Name.Attribute` of every GetAtt and Sub in a value. */
function attributesAsked(value: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap(attributesAsked);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) {
      const [name, attribute] = inner.map(String);
      return [[name ?? '', attribute ?? ''] as const];
    }
    if (key === 'Fn::Sub' && typeof inner === 'string')
      return [...inner.matchAll(/\$\{(\w+)\.([\w.]+)\}/g)].map(
        ([, name = '', attribute = '']) => [name, attribute] as const,
      );
    return attributesAsked(inner);
  });
}

/** Attributes that a type of resource does not have: the template would be refused half way. */
export function attributeProblems({ Resources, Outputs }: Template): readonly string[] {
  return attributesAsked([Resources, Outputs]).flatMap(([name, attribute]) => {
    const type = Resources[name]?.Type ?? '';
    const [found] = db.lookup('resource', 'cloudFormationType', 'equals', type);
    return found?.attributes[attribute] === undefined
      ? [`${name} has no attribute ${attribute}`]
      : [];
  });
}

/** Names and types of all properties against the schemas of AWS, as they were when the package was made. */
export function propertyProblems(template: Template): readonly string[] {
  return Object.entries(template.Resources).flatMap(([name, { Type, Properties }]) => {
    const [found] = db.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (found === undefined) return [`${name}: ${Type} is no type of resource`];
    return judgeObject(Properties, found, name);
  });
}
