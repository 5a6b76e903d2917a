import type { InstanceConfig } from './config.ts';

/** What is wrong with one key; `message` is the rest of a sentence that begins with the key. */
export type ConfigIssue = {
  readonly path: readonly string[];
  readonly message: string;
  /** What to do instead, as whole sentences. */
  readonly hint: string;
};

/** Judges a configuration by what the schema cannot know, such as the names of the components. */
export type ConfigRules = (config: InstanceConfig) => readonly ConfigIssue[];
