/** Below the instance directory, where no other is named: what the mirror of desktop updates serves. */
export const UPDATES_DIRECTORY = 'state/updates';
/** The path at which the edge proxy serves it. */
export const UPDATES_PATH = '/updates';
