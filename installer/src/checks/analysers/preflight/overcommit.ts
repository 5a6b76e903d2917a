import { defineCheck, doubt, fine } from './check.ts';

/** vm.overcommit_memory=2: the kernel refuses address space it could not back, used or not. */
const NEVER = 2;

export const overcommit = defineCheck({
  name: 'overcommit',
  proves: 'The kernel lets a process reserve address space it does not use, as Node.js does.',
  warns: `vm.overcommit_memory is ${NEVER}`,
  codes: [],
  remedy: 'sudo sysctl -w vm.overcommit_memory=0',
  purposes: ['install'],
  needs: ['machine'],
  analyse({ machine: { overcommit: mode } }) {
    return mode === NEVER
      ? doubt(
          `vm.overcommit_memory is ${NEVER}: every Node.js process reserves gigabytes it never uses, and may be refused them`,
          'Let the kernel judge: sudo sysctl -w vm.overcommit_memory=0   and in /etc/sysctl.d for good',
        )
      : fine(
          mode === undefined
            ? 'the kernel does not say; its default is right'
            : `vm.overcommit_memory is ${mode}`,
        );
  },
});
