import type { InstanceConfig } from '../../model/config.ts';
import type { Choice } from '../../ports/prompter.ts';
import type { Facts } from './facts.ts';

/** What a key of factsway.yaml can be asked for. */
export type Value = string | number | boolean;

/** A value to begin with, and why it is not the usual one. */
export type Suggestion = { readonly value: Value; readonly because?: string };

export type PortRange = {
  /** The address it is listened on. */
  readonly bind: (config: InstanceConfig) => string;
  /** The usual one, then those to move to where it is taken. */
  readonly candidates: readonly number[];
};

/**
 * One question of the wizard. It is about one key of factsway.yaml, whose schema judges the answer; a new key is
 * one more entry.
 */
export type Question = {
  readonly path: readonly string[];
  readonly title: string;
  /** One line that says what it is good for. */
  readonly explanation: string;
  readonly kind: 'input' | 'number' | 'select' | 'switch';
  /** Of a select; of a switch, for `true` and `false`. */
  readonly choices?: readonly Choice[];
  /**
   * `always` asks everybody; `when-unusual` only where the suggestion had to differ from the default;
   * `on-request` is reached from the review alone.
   */
  readonly ask: 'always' | 'when-unusual' | 'on-request';
  /** The value to begin with; without it that of the schema. */
  readonly suggest?: (facts: Facts, config: InstanceConfig) => Suggestion | undefined;
  /** Whether the key means anything, given the answers before it. */
  readonly applies?: (config: InstanceConfig) => boolean;
  /** What people type, as the schema wants it: `16 gb` → `16GiB`. */
  readonly read?: (text: string) => string;
  /** What the schema cannot know; the rest of a sentence that begins with the key. */
  readonly check?: (value: Value, facts: Facts, config: InstanceConfig) => string | undefined;
  /** A port of this host, which has to be free. */
  readonly port?: PortRange;
  /** The path of a file, from the instance directory on: that it is there is asked on Enter. */
  readonly file?: boolean;
  /** Names what holds the data of an instance: only a new one may choose. */
  readonly newOnly?: boolean;
};

/** `edge.httpPort`: how a question is called in answers and in factsway.yaml. */
export const idOf = ({ path }: Pick<Question, 'path'>): string => path.join('.');
