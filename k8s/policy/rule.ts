import type { Manifest } from '../manifest.ts';
import { containersOf, isOf, podOf, type Container, type ContainerRole, type Pod } from './read.ts';

/** Who demands it, and under which name; `FACTSWAY` is a chapter of our own specification. */
export type Source =
  `${'kube-score' | 'kube-linter' | 'Polaris' | 'Pod Security Standards' | 'NSA/CISA' | 'Kubernetes' | 'FACTSWAY'}: ${string}`;

/** How an object breaks a rule, in its own words; `container` where one of several is meant. */
export type Breach = { readonly says: string; readonly container?: string };

export type PolicyRule = {
  readonly name: string;
  readonly sources: readonly Source[];
  /** What is asked, as a sentence. */
  readonly asks: string;
  /** Every breach of one object, which is read among all the others of its tree. */
  readonly breach: (manifest: Manifest, tree: readonly Manifest[]) => readonly Breach[];
};

type Says = string | undefined;
type BreachOf = PolicyRule['breach'];

const said = (says: Says): readonly Breach[] => (says === undefined ? [] : [{ says }]);
export const unless = (holds: boolean, says: string): Says => (holds ? undefined : says);

/** Asked of objects of some kinds. */
export const ofKind =
  (
    kinds: string | readonly string[],
    check: (manifest: Manifest, tree: readonly Manifest[]) => Says,
  ): BreachOf =>
  (manifest, tree) =>
    isOf(manifest, ...[kinds].flat()) ? said(check(manifest, tree)) : [];

/** Asked of everything that starts pods. */
export const ofPods =
  (check: (pod: Pod, tree: readonly Manifest[]) => Says, kinds: readonly string[] = []): BreachOf =>
  (manifest, tree) => {
    const pod = kinds.length === 0 || isOf(manifest, ...kinds) ? podOf(manifest) : undefined;
    return pod === undefined ? [] : said(check(pod, tree));
  };

/** Asked of every container, those that only prepare included. */
export const ofContainers =
  (
    check: (container: Container, pod: Pod, role: ContainerRole) => Says,
    kinds: readonly string[] = [],
  ): BreachOf =>
  (manifest) => {
    const pod = kinds.length === 0 || isOf(manifest, ...kinds) ? podOf(manifest) : undefined;
    if (pod === undefined) return [];
    return containersOf(pod).flatMap(([container, role]) => {
      const says = check(container, pod, role);
      return says === undefined ? [] : [{ says, container: container.name }];
    });
  };
