/** A key under another name, in its place among its neighbours, with its value and its comments. */
export type Rename = {
  readonly path: readonly [string, ...string[]];
  /** What the last part of the path is called from then on. */
  readonly name: string;
  /** The rest of a sentence: why the old name had to go. */
  readonly because: string;
};

/**
 * From one form of factsway.yaml to the next. A step is data, and one that has been published is never edited: files
 * that somebody's backup holds are read by it years later.
 */
export type MigrationStep = {
  readonly from: string;
  readonly to: string;
  /** What the new form has that the old one had not, as a sentence. */
  readonly title: string;
  readonly renames: readonly Rename[];
};
