/** A question answered by typing. */
export type TextPrompt = {
  readonly title: string;
  /** What it is good for, below the title. */
  readonly lines: readonly string[];
  /** What Enter alone answers. Empty: something has to be typed. */
  readonly suggestion: string;
  /** Whether there is a question before this one. */
  readonly back: boolean;
  /** What is wrong with a text; undefined where nothing is. */
  readonly check: (text: string) => string | undefined;
};

/** Questions to a person. Where nobody can answer, every call throws FW-NOT-CONFIRMED: silence is never a yes. */
export type Prompter = {
  readonly interactive: boolean;
  confirm(question: string, defaultAnswer: boolean): Promise<boolean>;
  /** The answer; undefined for "back to the question before". */
  text(prompt: TextPrompt): Promise<string | undefined>;
};
