/**
 * For child processes that have to end their work: Ctrl-C of a terminal goes to everything in its foreground process
 * group, and would kill them behind our back, in the middle of what we mean to end in order.
 */
export const OWN_GROUP = { detached: true } as const;
