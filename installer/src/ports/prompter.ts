/** A question answered by typing. */
export type TextPrompt = {
  readonly title: string;
  /** What it is good for, and what was found out; below the title. */
  readonly lines: readonly string[];
  /** What Enter alone answers. Empty: something has to be typed. */
  readonly suggestion: string;
  /** Shown as stars, and never repeated. */
  readonly secret?: boolean;
  /** Whether there is a question before this one. */
  readonly back: boolean;
  /** What is wrong with a text, asked at every key; undefined where nothing is. */
  readonly check: (text: string) => string | undefined;
  /** The same, where it takes a look at the machine: asked with Enter, once `check` is content. */
  readonly probe?: (text: string) => Promise<string | undefined>;
};

export type Choice = {
  readonly value: string;
  readonly label: string;
  /** One line, shown while the choice is marked. */
  readonly explanation?: string;
};

/** A question answered by picking one of a few lines. */
export type ChoicePrompt = {
  readonly title: string;
  readonly lines: readonly string[];
  readonly choices: readonly Choice[];
  /** The value that is marked at first. */
  readonly marked: string;
  readonly back: boolean;
};

/**
 * Questions to a person. Where nobody can answer, every question throws FW-NOT-CONFIRMED: silence is never a yes.
 * Ctrl-C, and a terminal that goes away, throw FW-CANCELLED.
 */
export type Prompter = {
  readonly interactive: boolean;
  confirm(question: string, defaultAnswer: boolean): Promise<boolean>;
  /** The answer; undefined for "back to the question before". */
  text(prompt: TextPrompt): Promise<string | undefined>;
  /** The value chosen; undefined for "back to the question before". */
  choose(prompt: ChoicePrompt): Promise<string | undefined>;
  /** An answer as it was taken, where the question itself is gone from the screen. */
  answered(title: string, answer: string): void;
  /** Something to read, with a heading. */
  show(title: string, lines: readonly string[]): void;
};
