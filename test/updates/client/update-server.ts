/** Makes a server misbehave; gives back what ends it. */
export type Fault = () => Promise<() => Promise<void>>;

/**
 * An update server as the client cases need it. The hooks do what would really happen: a file is missing because nobody
 * put it there, 429 because the server's own limit was reached, 503 because what lies behind it is down.
 */
export type UpdateServer = {
  /** Base address, perhaps with a path; a slash at its end or not. */
  readonly url: string;
  /** PEM of the authority that signed its certificate, where Node does not know it. */
  readonly ca?: string;
  /**
   * A file at the root of the server, with what a publisher would give it. An installer is replaced only before anybody
   * asked for it: whatever caches may keep it for a year.
   */
  put(name: string, content: Buffer): Promise<void>;
  /** Removes every file a case has put, from caches as well, and forgets what was counted against a limit. */
  clear(): Promise<void>;
  /** From now on manifests, or installers, are answered 429. Takes as many requests as it needs. */
  readonly tooMany: { readonly manifest: Fault; readonly installer: Fault };
  /** From now on nothing can be read: 5xx. */
  readonly unavailable: Fault;
  /** The first place the files lie in answers 5xx, the second has them: where there are two. */
  readonly firstOriginDown?: Fault;
};
