import { ROLES, SLOT_ROLES } from '../../catalog/roles.ts';
import type { Docker } from '../../ports/docker.ts';
import { askSuperuser, literal } from '../ask-superuser.ts';

export type LoginRole = {
  readonly name: string;
  readonly canLogin: boolean;
  /** What PostgreSQL keeps of its password; empty where it has none. Never shown. */
  readonly verifier: string;
};

/** The roles that services log in as, or did. Reads only. Throws FW-DATABASE-REFUSED. */
export async function observeRoles(
  container: string,
  ports: { readonly docker: Docker },
): Promise<LoginRole[]> {
  const names = [ROLES.app, ...SLOT_ROLES].map(literal).join(', ');
  const sql = `SELECT coalesce(json_agg(json_build_object('name', rolname, 'canLogin', rolcanlogin, 'verifier', coalesce(rolpassword, ''))), '[]') FROM pg_authid WHERE rolname IN (${names});`;
  return JSON.parse(await askSuperuser(container, sql, ports)) as LoginRole[];
}
