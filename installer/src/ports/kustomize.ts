/** What a cluster would be given: the overlays of an export, built by kubectl. */
export type Kustomize = {
  /** The objects of an overlay as one YAML text. Throws FW-KUBECTL-MISSING and FW-KUSTOMIZE-REFUSED. */
  build(directory: string): Promise<string>;
};
