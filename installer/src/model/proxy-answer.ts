/** What is asked of a proxy: `CONNECT host:443`, or `GET http://host/`. */
export type ProxyQuestion = {
  /** `http://proxy.example.com:3128` */
  readonly proxy: string;
  readonly method: 'CONNECT' | 'GET';
  /** `acme.example.com:443` */
  readonly target: string;
};
export type ProxyAnswer =
  | { readonly answer: 'status'; readonly status: number }
  /** Takes connections and says nothing. */
  | { readonly answer: 'silent' }
  /** Says something that is no HTTP, or hangs up. */
  | { readonly answer: 'foreign' }
  | { readonly answer: 'unreachable'; readonly reason: string };
