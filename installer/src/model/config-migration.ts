/** What it took to read a factsway.yaml of an older form as one of the present form. */
export type ConfigMigration = {
  /** The form the file says it has, or the oldest where it says none: factsway/v1. */
  readonly from: string;
  /** The form this installer writes. */
  readonly to: string;
  /** One sentence for each line that changes beside apiVersion. */
  readonly did: readonly string[];
};

/** The cause of the step that rewrites the file. */
export const migrationCause = ({ from, to }: ConfigMigration): string =>
  `factsway.yaml is of the form ${from} and becomes one of ${to}`;

/** For a command that reads the file and leaves it as it is. */
export function migrationNote({ from, to, did }: ConfigMigration): string {
  const changes = did.length === 0 ? '' : ` ${did.join(' ')}`;
  return `factsway.yaml is of the older form ${from} and is read as ${to}.${changes} The next up or upgrade rewrites it; comments and order stay. See how: factsway-install diff`;
}
