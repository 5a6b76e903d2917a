import type { FactswayError } from './errors.ts';
import type { Secret } from './secret.ts';

/** A certificate with its chain and its private key, as the edge is given them. */
export type CertificatePair = {
  /** First 16 hex digits of the sha256 over both: the name of its files, and what tells pairs apart. */
  readonly id: string;
  /** PEM, the certificate of the server first. */
  readonly chain: string;
  readonly key: Secret;
};

/** What `edge.tls.mode: provided` leads to. */
export type ProvidedCertificate = {
  /** The pair to serve: that of the files, or the one brought in earlier where those cannot be used. */
  readonly pair: CertificatePair | undefined;
  /** Id of the pair brought in earlier, where it is whole. */
  readonly imported: string | undefined;
  /** Absolute. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Permission bits of the key file; 0 where it is not there. */
  readonly keyMode: number;
  /** Why the files themselves cannot be used. */
  readonly problem?: FactswayError;
  /** Whether one of the files is not there at all, as on a stick that was taken out. */
  readonly absent: boolean;
};
