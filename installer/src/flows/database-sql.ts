import type { Ports } from '../ports/ports.ts';
import { renderRoles } from '../render/render-roles.ts';
import { TemplateEngine } from '../render/template-engine.ts';
import { resolveConfig, type ConfigRequest } from './resolve-config.ts';

/** What an administrator of the customer's PostgreSQL has to run there. Reads only. */
export async function databaseSql(
  request: ConfigRequest,
  { files, host, templates }: Pick<Ports, 'files' | 'host' | 'templates'>,
): Promise<string> {
  const engine = new TemplateEngine(await templates.load());
  const { config } = await resolveConfig(request, files, host, engine);
  return renderRoles(config, engine);
}
