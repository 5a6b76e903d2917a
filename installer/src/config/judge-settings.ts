import { configSchema, type InstanceConfig } from '../model/config.ts';
import type { ConfigRules } from '../model/config-rules.ts';
import { phrase } from './phrase-issue.ts';

export type SettingProblem = {
  readonly path: string;
  /** The rest of a sentence that begins with the key. */
  readonly message: string;
};

export type Judgement = {
  /** Undefined where something is wrong. */
  readonly config: InstanceConfig | undefined;
  readonly problems: readonly SettingProblem[];
};

/**
 * What the schema, and `rules` of what it accepted, say of keys that are still being put together: in the words they
 * have for the file.
 */
export function judgeSettings(
  values: Readonly<Record<string, unknown>>,
  rules: ConfigRules = () => [],
): Judgement {
  const result = configSchema.safeParse(values);
  if (result.success) {
    const problems = rules(result.data).map(({ path, message }) => ({
      path: path.join('.'),
      message,
    }));
    return { config: problems.length === 0 ? result.data : undefined, problems };
  }
  return {
    config: undefined,
    problems: result.error.issues.map((issue) => {
      const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
      // Of a hint only the guess helps somebody who is typing; what else it says is for a file.
      const guess = typeof hint === 'string' ? /^Did you mean .*?\?/.exec(hint)?.[0] : undefined;
      const message = phrase(issue);
      return {
        path: issue.path.join('.'),
        message: guess === undefined ? message : `${message}. ${guess}`,
      };
    }),
  };
}
