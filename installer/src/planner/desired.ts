import type { Catalog } from '../catalog/catalog.ts';
import type { ProvidedCertificate } from '../model/certificate.ts';
import type { RenderedBundle } from '../render/render-bundle.ts';

/** What should be: the catalogue of one configuration, rendered, with the text factsway.yaml should have. */
export type Desired = {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly bundle: RenderedBundle;
  readonly configText: string;
  readonly configUnchanged: boolean;
  /** With `edge.tls.mode: provided`. */
  readonly certificate?: ProvidedCertificate;
};
