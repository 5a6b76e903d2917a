import type { ComponentFacts, Facts } from './facts.ts';
import type { Leaf } from './leaves.ts';

/** One component on both sides. */
export type Pair = {
  readonly component: string;
  /** All of it, by Compose and by Kubernetes. */
  readonly here: ComponentFacts;
  readonly there: ComponentFacts;
  readonly all: { readonly compose: Facts; readonly kubernetes: Facts };
};

/** One field of it; a value is undefined where that side has no such field. */
export type Case = Pair & {
  readonly field: string;
  readonly compose: Leaf | undefined;
  readonly kubernetes: Leaf | undefined;
};

/**
 * A difference that is meant. It is a law and no permission: where it is about a case, what both sides say has to fit
 * it, and saying the same is no excuse.
 */
export type Entry = {
  readonly id: string;
  /** REFINES: Kubernetes says more, or asks for more. DECLARED: the sides differ, for this reason. */
  readonly relation: 'REFINES' | 'DECLARED';
  readonly reason: string;
  readonly field: RegExp;
  /** Which of the components it is about; all where it is not said. */
  readonly about?: (one: Case) => boolean;
  readonly holds: (one: Case) => boolean;
  /** Fields of a component that have to be there on one side at least: what both lack nobody would compare. */
  readonly asksFor?: (one: Pair) => readonly string[];
};

/** What runs on one side only. Nothing else of it is compared. */
export type Absence = {
  readonly id: string;
  readonly component: string;
  readonly reason: string;
  readonly holds: (facts: ComponentFacts) => boolean;
};
