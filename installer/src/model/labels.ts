/** Labels by which the installer recognises its containers; `spec` is the fingerprint the planner compares. */
export const LABELS = {
  component: 'io.factsway.component',
  slot: 'io.factsway.slot',
  spec: 'io.factsway.spec',
} as const;
