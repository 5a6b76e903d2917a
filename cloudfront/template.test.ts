import { parse } from 'yaml';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { ERROR_BODIES, MANIFEST_NAMES } from '../installer/src/model/updates/protocol.ts';
import { at, list, record, records, texts, word } from '../k8s/json.ts';
import { PARAMETERS } from './parameters.ts';
import { templateText, updatesTemplate } from './template.ts';

const template = updatesTemplate();
const text = templateText();
const config = record(at(template, 'Resources.Distribution.Properties.DistributionConfig'));
const behaviours = records(config['CacheBehaviors']);

/** As CloudFront reads a path pattern: * is anything, and the first that fits counts. */
const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path);

/** Every name a template text uses, of resources and parameters. */
function mentioned(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mentioned);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [word(inner[0])];
    if (key === 'Fn::Sub' && typeof inner === 'string')
      return [...inner.matchAll(/\$\{([^.}]+)/g)].map(([, name]) => name ?? '');
    return mentioned(inner);
  });
}

describe('the template', () => {
  it('is the same bytes again, and the same value for two readers', () => {
    expect(templateText()).toBe(text);
    expect(parse(text)).toEqual(template);
    expect(load(text)).toEqual(template);
  });

  it('is short enough to be given to CloudFormation without a bucket', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(51_200);
  });

  it('names no bucket, domain, zone, certificate or account', () => {
    const known = ['Z2FDTNDATAQYW2'];
    const literal =
      /\b\d{12}\b|arn:aws:|\.amazonaws\.com\/|\bZ[A-Z0-9]{9,}\b|\bE[A-Z0-9]{12,}\b|BucketName: [a-z]|cloudfront\.net|[a-z0-9-]+\.(example|test|dev|io|app)\b/g;
    // In patterns of parameters it is what an operator may write, not what we wrote.
    const body = text.replaceAll(/AllowedPattern: .*/g, '');
    const found = [...body.matchAll(literal)].map(([one]) => one);
    expect(found.filter((one) => !known.includes(one))).toEqual([]);
    for (const planted of ['BucketName: firm-updates', 'arn:aws:s3:::x', '123456789012'])
      expect(planted).toMatch(literal);
  });

  it('mentions nothing that is not in it, and has no parameter that nobody reads', () => {
    const names = mentioned([template.Resources, template.Outputs, template.Conditions]);
    const known = [...Object.keys(template.Resources), ...Object.keys(PARAMETERS)];
    expect(names.filter((name) => !name.startsWith('AWS::') && !known.includes(name))).toEqual([]);
    expect(Object.keys(PARAMETERS).filter((name) => !names.includes(name))).toEqual([]);
    expect(known.length).toBe(new Set(known).size);
  });

  it('makes no part that needs the other: no resource mentions one of another condition', () => {
    for (const [name, resource] of Object.entries(template.Resources))
      for (const other of mentioned(resource.Properties)) {
        const its = template.Resources[other]?.Condition;
        if (its === undefined || its === 'MakesOidcProvider') continue;
        expect(`${name}: ${its}`).toBe(`${name}: ${resource.Condition ?? ''}`);
      }
  });
});

describe('the resources', () => {
  it('wait for each other in no circle', () => {
    const open = new Set(Object.keys(template.Resources));
    const waitsFor = (name: string) => {
      const { Properties, DependsOn } = template.Resources[name] ?? {};
      return [...mentioned(Properties), ...(DependsOn ?? [])].filter((one) => open.has(one));
    };
    for (let made = [...open]; made.length > 0;) {
      made = [...open].filter((name) => waitsFor(name).length === 0);
      for (const name of made) open.delete(name);
    }
    expect([...open]).toEqual([]);
  });
});

describe('what the distribution does with a path', () => {
  const chosen = (path: string) =>
    behaviours.find((one) => fits(word(one['PathPattern']), path)) ??
    record(config['DefaultCacheBehavior']);

  it.each([...MANIFEST_NAMES])('%s is never cached', (name) => {
    const behaviour = chosen(`/${name}`);
    expect(behaviour['CachePolicyId']).toEqual({ Ref: 'Uncached' });
    expect(texts(behaviour['AllowedMethods'])).toEqual(['GET', 'HEAD']);
  });

  it('keeps installers for a year', () => {
    const behaviour = chosen('/FACTSWAY-Setup-1.2.0.exe.blockmap');
    expect(behaviour['CachePolicyId']).toEqual({ Ref: 'CachedForAYear' });
  });

  it.each(['/', '/?list-type=2', '/audit/2026.json', '/staged/1.2.0/latest.yml', '/releases/'])(
    '%s is answered at the edge and never asked of S3',
    (path) => {
      const behaviour = chosen(path);
      expect(list(behaviour['FunctionAssociations'])).toHaveLength(1);
    },
  );

  it('fails over on 5xx alone, and gives every status that CloudFront makes itself a page', () => {
    expect(at(config, 'OriginGroups.Items.0.FailoverCriteria.StatusCodes.Items')).toEqual([
      500, 502, 503, 504,
    ]);
    const pages = records(config['CustomErrorResponses']);
    expect(pages.map(({ ErrorCode }) => ErrorCode).sort()).toEqual(
      [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].sort(),
    );
    for (const { ErrorCode, ResponseCode } of pages)
      expect(ResponseCode ?? ErrorCode).toBe(ErrorCode);
  });

  it('has the bodies of the protocol at the firewall', () => {
    const bodies = record(at(template, 'Resources.WebAcl.Properties.CustomResponseBodies'));
    for (const key of ['manifestTooMany', 'installerTooMany'] as const)
      expect(JSON.parse(word(at(bodies, `${key}.Content`)))).toEqual(ERROR_BODIES[key]);
  });

  it('delivers its access logs', () => {
    const { AccessLogDelivery } = template.Resources;
    expect(mentioned(AccessLogDelivery)).toEqual(['AccessLogSource', 'AccessLogDestination']);
    expect(mentioned(template.Resources['AccessLogSource'])).toContain('Distribution');
  });
});
