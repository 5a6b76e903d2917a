import type { Catalog } from './catalog.ts';

export type TlsFiles = { readonly certificate: string; readonly key: string };

/** The files of a certificate the customer brings (`edge.tls.mode: provided`); undefined in every other mode. */
export function tlsFiles({ context }: Catalog): TlsFiles | undefined {
  const { mode, certificateFile, keyFile } = context.config.edge.tls;
  return mode !== 'provided' || certificateFile === undefined || keyFile === undefined
    ? undefined
    : { certificate: certificateFile, key: keyFile };
}
