export type HttpRequest = {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM of the only authority to trust; without it the system's. */
  readonly ca?: string;
  /** PEM of authorities to trust besides those the system knows; of intermediate ones as well. */
  readonly alsoTrust?: string;
  /** Connect here instead of where the name points to (host:port of the URL stays in SNI and Host). */
  readonly connectTo?: string;
  readonly timeoutMs?: number;
};
/** What the server showed of itself. */
export type PeerCertificate = { readonly notAfterMs: number; readonly fingerprint: string };
export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Over TLS. */
  readonly certificate?: PeerCertificate;
};

/** One HTTP request. Rejects with a plain Error whose message is fit to show when nothing answers. */
export type Http = { request(request: HttpRequest): Promise<HttpResponse> };
