/** Process exit codes: the public contract of the command line (spec 00, "Command line contract"). */
export const EXIT = {
  ok: 0,
  /** An error nobody declared: a bug of ours. */
  bug: 1,
  /** The command line or the configuration is wrong; nothing was changed. */
  usage: 2,
  /** A check or a gate failed; nothing was changed. */
  check: 3,
  warnings: 4,
  /** An operation failed and everything was put back. */
  restored: 5,
  /** An operation failed half way and a person has to act. */
  operator: 6,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
