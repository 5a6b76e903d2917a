/** Labels by which the installer recognises its containers; `spec` is the fingerprint the planner compares. */
export const LABELS = {
  component: 'io.factsway.component',
  slot: 'io.factsway.slot',
  spec: 'io.factsway.spec',
} as const;

/** Of the migrations image: what its release says of itself. services/build/release-label.ts writes it. */
export const RELEASE_LABEL = 'io.factsway.release';
