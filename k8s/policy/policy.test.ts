import { describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest.ts';
import { sampleWith, type Change } from '../../test/fakes/kubernetes-changes.ts';
import { SAMPLE } from '../../test/fakes/kubernetes-sample.ts';
import { CONFLICTS } from './conflicts.ts';
import { CONTENT_PLANTINGS } from './planted/content.ts';
import { LIFE_PLANTINGS } from './planted/lives.ts';
import { PERMISSION_PLANTINGS } from './planted/permissions.ts';
import type { Plantings } from './planted/planting.ts';
import { POD_PLANTINGS } from './planted/pods.ts';
import { REACH_PLANTINGS } from './planted/reach.ts';
import { TREE_PLANTINGS } from './planted/trees.ts';
import { NEEDED_EXCEPTIONS, POLICY, violations, type PolicyException } from './policy.ts';

const PLANTED = [
  POD_PLANTINGS,
  PERMISSION_PLANTINGS,
  CONTENT_PLANTINGS,
  LIFE_PLANTINGS,
  REACH_PLANTINGS,
  TREE_PLANTINGS,
].flatMap((plantings: Plantings) => Object.entries(plantings));

const isList = (change: Change | readonly Change[]): change is readonly Change[] =>
  Array.isArray(change) && typeof change[0] !== 'string';
const broken = (manifests: readonly Manifest[]): readonly string[] =>
  [...new Set(violations(manifests).map(({ rule }) => rule))].sort();

describe('the policy', () => {
  it('finds nothing in a tree that keeps it', () => {
    expect(violations(SAMPLE)).toEqual([]);
  });

  it('has a name of its own, a sentence and a source for every rule', () => {
    const names = POLICY.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, asks, sources } of POLICY) {
      expect([name, asks]).toEqual([name, expect.stringMatching(/^[A-Z].+\.$/)]);
      expect([name, sources.length > 0]).toEqual([name, true]);
    }
  });

  it('is of every origin the specification names', () => {
    const origins = new Set(
      POLICY.flatMap(({ sources }) => sources.map((one) => one.split(':')[0])),
    );
    expect([...origins].sort()).toEqual([
      'FACTSWAY',
      'Kubernetes',
      'NSA/CISA',
      'Pod Security Standards',
      'Polaris',
      'kube-linter',
      'kube-score',
    ]);
  });

  it('decides each conflict with a reason', () => {
    for (const { between, decision, because } of CONFLICTS) {
      expect(between.length).toBeGreaterThan(0);
      expect(decision).toMatch(/\.$/);
      expect(because.length).toBeGreaterThan(40);
    }
  });
});

describe('a planted breach', () => {
  it.each(PLANTED)('%s', (_, [change, ...rules]) => {
    const tree = sampleWith(...(isList(change) ? change : [change]));
    expect(broken(tree)).toEqual([...rules].sort());
  });

  it('exists for every rule', () => {
    const seen = new Set(PLANTED.flatMap(([, [, ...rules]]) => rules));
    expect(POLICY.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('is planted once by each name', () => {
    const names = PLANTED.map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('an exception', () => {
  const root = 'spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem';
  const writable = sampleWith(['Deployment/records', root, false]);
  const exception: PolicyException = {
    rule: 'read-only root',
    kind: 'Deployment',
    name: 'records',
    reason: 'The converter writes beside its binaries, which nobody can change.',
  };

  it('excuses the rule it names, in the object it names', () => {
    expect(violations(writable, [exception])).toEqual([]);
    expect(violations(writable, [{ ...exception, container: 'records' }])).toEqual([]);
  });

  it.each([
    ['another rule', { rule: 'not privileged' }],
    ['another kind', { kind: 'StatefulSet' }],
    ['another object', { name: 'postgres' }],
    ['another container', { container: 'schema' }],
  ])('from %s excuses nothing, and is too many', (_, other) => {
    const rules = violations(writable, [{ ...exception, ...other }]).map(({ rule }) => rule);
    expect(rules).toEqual(['read-only root', NEEDED_EXCEPTIONS]);
  });

  it('that nobody needs is a violation', () => {
    expect(violations(SAMPLE, [exception])).toEqual([
      {
        rule: NEEDED_EXCEPTIONS,
        kind: 'Deployment',
        name: 'records',
        says: 'nobody needs the exception from "read-only root"',
      },
    ]);
  });

  it('without a reason is a violation', () => {
    expect(violations(writable, [{ ...exception, reason: 'needed' }])).toMatchObject([
      { rule: NEEDED_EXCEPTIONS, says: 'the exception from "read-only root" has no reason' },
    ]);
  });
});
