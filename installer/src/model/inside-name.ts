/** Names that no public authority can look up (RFC 6761, RFC 6762, RFC 8375 and what firms use instead). */
const NOT_PUBLIC =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|home\.arpa)$/i;

/** Whether the name is known inside of a network only: a DNS name below such a domain. */
export const isInsideName = (name: string): boolean => NOT_PUBLIC.test(name);
