import type { Catalog } from './catalog.ts';

export type TlsFiles = { readonly certificate: string; readonly key: string };

/** The files of a certificate the customer brings (`edge.tls.mode: provided`); undefined in every other mode. */
export function tlsFiles({ context }: Catalog): TlsFiles | undefined {
  const tls: {
    readonly mode: string;
    readonly certificateFile?: string | undefined;
    readonly keyFile?: string | undefined;
  } = context.config.edge.tls;
  return tls.certificateFile === undefined || tls.keyFile === undefined
    ? undefined
    : { certificate: tls.certificateFile, key: tls.keyFile };
}
