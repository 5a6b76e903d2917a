import { didYouMean } from '../model/did-you-mean.ts';
import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { catalogInEffect, noteOfLostConfig } from './in-effect.ts';

export type LogsRequest = {
  readonly directory: string;
  readonly component?: string;
  readonly follow: boolean;
  readonly tail: string;
  readonly since?: string;
};

/**
 * The logs of one component (in whatever slot) or of all. With `follow` they go to the terminal until
 * Ctrl-C and nothing is returned. Throws FW-SERVICE-UNKNOWN.
 */
export async function logs(
  { directory, component, ...options }: LogsRequest,
  ports: Ports,
): Promise<string[]> {
  const { catalog } = await catalogInEffect(directory, ports.files);
  const lost = await noteOfLostConfig(directory, ports.files);
  if (lost !== undefined) ports.reporter.note(lost);
  const services = catalog.workloads
    .filter(
      (workload) =>
        component === undefined || workload.component === component || workload.id === component,
    )
    .map(({ id }) => id);
  if (services.length === 0) {
    const known = [...new Set(catalog.workloads.map((workload) => workload.component))];
    throw new FactswayError(
      'FW-SERVICE-UNKNOWN',
      `There is no component "${component ?? ''}".`,
      `${didYouMean(component ?? '', known)}Known: ${known.join(', ')}`,
    );
  }
  return ports.compose.logs(directory, services, options);
}
