import { defineCheck, fine, refusal } from './check.ts';

export const cgroups = defineCheck({
  name: 'cgroups',
  proves: 'Docker can limit memory, processes and processor time of each container.',
  fails: 'one of the three limits is not supported',
  codes: ['FW-CGROUP-LIMITS'],
  remedy: 'docker info shows what is missing; cgroup_enable=memory on the kernel command line',
  purposes: ['install', 'upgrade'],
  needs: ['engine'],
  analyse({ engine: { memoryLimit, pidsLimit, cpuQuota, cgroupVersion } }) {
    const missing = [
      ...(memoryLimit ? [] : ['memory']),
      ...(pidsLimit ? [] : ['processes (pids)']),
      ...(cpuQuota ? [] : ['processor time (cpu quota)']),
    ];
    return missing.length === 0
      ? fine(`version ${cgroupVersion}, limits of memory, processes and processor time`)
      : refusal(
          'FW-CGROUP-LIMITS',
          `Docker cannot limit ${missing.join(', ')}: one container could take the whole server`,
          'Look at the warnings: docker info   then add cgroup_enable=memory to the kernel command line, or update the kernel',
        );
  },
});
