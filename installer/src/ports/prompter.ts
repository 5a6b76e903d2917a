/** Questions to a person. Where nobody can answer, every call throws FW-NOT-CONFIRMED: silence is never a yes. */
export type Prompter = {
  readonly interactive: boolean;
  confirm(question: string, defaultAnswer: boolean): Promise<boolean>;
};
