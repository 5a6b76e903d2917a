import type { Workload } from '../../model/workload.ts';
import type { ComposeService } from './lower.ts';

/** What `compose/partials/service.hbs` prints: the Compose service plus the reasons beside its numbers. */
export type ServiceView = Omit<ComposeService, 'environment'> & {
  id: string;
  purpose: string;
  exceptions: { rule: string; reason: string }[];
  environment?: { key: string; value: string; because: string }[];
  memoryBecause: string;
  cpusBecause: string;
};

export function viewService(workload: Workload, service: ComposeService): ServiceView {
  const { environment, ...rest } = service;
  return {
    ...rest,
    id: workload.id,
    purpose: workload.purpose,
    exceptions: workload.exceptions.map(({ rule, reason }) => ({ rule, reason })),
    ...(environment
      ? {
          environment: Object.entries(environment).map(([key, value]) => {
            const source = workload.environment[key];
            return { key, value, because: typeof source === 'object' ? source.because : '' };
          }),
        }
      : {}),
    memoryBecause: workload.memory.because,
    cpusBecause: workload.cpus.because,
  };
}
