import { defineCheck, doubt, fine, refusal, type Verdict } from './check.ts';

const WARN_SECONDS = 5;
const FAIL_SECONDS = 300;
const SET = 'Set it: sudo timedatectl set-ntp true   or: sudo chronyc makestep';

export const clock = defineCheck({
  name: 'clock',
  proves: 'The clock is right and something keeps it right.',
  warns: `more than ${WARN_SECONDS} s off, not kept by a time service, or nothing to ask`,
  fails: `more than ${FAIL_SECONDS} s off the clock of the registry in use, or earlier than the build of this installer`,
  codes: ['FW-CLOCK-WRONG'],
  remedy: 'sudo timedatectl set-ntp true',
  purposes: ['install', 'upgrade'],
  needs: ['clock'],
  analyse({ clock: facts }): Verdict {
    const { nowMs, builtMs, synchronised, registry } = facts;
    if (builtMs !== undefined && nowMs < builtMs - FAIL_SECONDS * 1000)
      return refusal(
        'FW-CLOCK-WRONG',
        `it is ${shown(nowMs)} here, before this installer was made (${shown(builtMs)})`,
        SET,
      );
    const skew =
      registry === undefined ? undefined : Math.abs(registry.oursMs - registry.theirsMs) / 1000;
    if (registry && skew !== undefined && skew > WARN_SECONDS) {
      const off = `${shown(registry.oursMs)} here, ${shown(registry.theirsMs)} at ${registry.host}: ${duration(skew)} apart`;
      return skew > FAIL_SECONDS ? refusal('FW-CLOCK-WRONG', off, SET) : doubt(off, SET);
    }
    const agrees = registry === undefined ? '' : `, and ${registry.host} agrees`;
    if (synchronised?.yes === true) return fine(`kept right (${synchronised.source})${agrees}`);
    if (synchronised)
      return doubt(
        `no time service keeps it right (${synchronised.source})${agrees}`,
        'Start one: sudo timedatectl set-ntp true   or install chrony',
      );
    return doubt(
      `whether it is kept right cannot be told: neither timedatectl nor chronyc answers${agrees}`,
      'Compare it with your watch: date   and when it is right: --skip-check clock',
    );
  },
});

const shown = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} days`;
}
