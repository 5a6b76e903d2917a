import { defineCheck, doubt, fine, refusal } from './check.ts';

/** Node.js 20, on which the services run, is built for 4.18 (its BUILDING.md). */
const OLDEST = [4, 18] as const;

export const kernel = defineCheck({
  name: 'kernel',
  proves: 'The Linux kernel is new enough for the containers.',
  fails: `older than ${OLDEST.join('.')}, the oldest Node.js 20 runs on`,
  codes: ['FW-KERNEL-TOO-OLD'],
  remedy: 'Update the operating system: uname -r',
  purposes: ['install', 'upgrade'],
  needs: ['machine'],
  analyse({ machine }) {
    const match = /^(\d+)\.(\d+)/.exec(machine.kernel);
    if (!match) return doubt(`the kernel calls itself "${machine.kernel}"`, 'Look at it: uname -r');
    const [major, minor] = [Number(match[1]), Number(match[2])];
    return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
      ? fine(machine.kernel)
      : refusal(
          'FW-KERNEL-TOO-OLD',
          `${machine.kernel}; ${OLDEST.join('.')} or newer is needed`,
          'Update the operating system, then look again: uname -r',
        );
  },
});
