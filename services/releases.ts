/** One release of the eight services and the migrations, as its successors remember it. */
export interface ReleaseEntry {
  readonly version: string;
  /** Nobody may go past it: a later release counts on what only this one does while it serves. */
  readonly requiredStop?: true;
  /** What somebody who installs it should know, as one sentence. */
  readonly notes: string;
}

/**
 * Every release, oldest first. It goes into each later image of the migrations (services/build/release-label.ts), so
 * an installer can tell what lies between two releases without a network; a published entry is never edited.
 */
export const RELEASES: readonly ReleaseEntry[] = [
  { version: '1.0.0', notes: 'The first release.' },
  {
    version: '1.1.0',
    notes: 'Cases carry a matter number, and facts how sure their author is of them.',
  },
];
