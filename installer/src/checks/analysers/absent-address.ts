/** What preflight and the plan say of an address nobody can listen on here; only edge.bind gives one. */
export const absentAddress = (
  address: string,
): { readonly found: string; readonly remedy: string } => ({
  found: `edge.bind is ${address}, which is no address of this server`,
  remedy:
    'See which it has: ip -br address   and name one of them, or listen on all: --set edge.bind=0.0.0.0',
});
