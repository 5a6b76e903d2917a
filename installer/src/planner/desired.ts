import type { Catalog } from '../catalog/catalog.ts';
import type { ConfigMigration } from '../model/config-migration.ts';
import type { ProvidedCertificate } from '../model/certificate.ts';
import type { RenderedBundle } from '../render/render-bundle.ts';

/** What should be: the catalogue of one configuration, rendered, with the text factsway.yaml should have. */
export type Desired = {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly bundle: RenderedBundle;
  readonly configText: string;
  readonly configUnchanged: boolean;
  /** factsway.yaml as it was read; absent where there is none yet. */
  readonly configOnDisk?: string;
  /** Where factsway.yaml on disk is of an older form, and is rewritten. */
  readonly migration?: ConfigMigration;
  /** With `edge.tls.mode: provided`. */
  readonly certificate?: ProvidedCertificate;
};
