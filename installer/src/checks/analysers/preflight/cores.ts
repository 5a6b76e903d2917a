import type { Catalog } from '../../../catalog/catalog.ts';
import { count } from '../../../model/units.ts';
import { defineCheck, doubt, fine, refusal, type Verdict } from './check.ts';

const COMFORTABLE = 2;

export const cores = defineCheck({
  name: 'cores',
  proves: 'The server has the processor cores that host.cores promises, and enough of them.',
  warns: `fewer than ${COMFORTABLE} cores`,
  fails: 'host.cores is more than the server has: Docker refuses such a limit',
  codes: ['FW-CORES-TOO-FEW'],
  remedy: 'factsway-install install --set host.cores=N',
  purposes: ['install', 'upgrade'],
  needs: ['machine'],
  analyse: ({ machine }, { catalog }) => judgeCores(machine, catalog),
});

/** Also of what `up` is about to make. */
export function judgeCores(machine: { readonly cores: number }, catalog: Catalog): Verdict {
  const promised = catalog.context.config.host.cores;
  const found = count(machine.cores, 'core', 'cores');
  if (promised > machine.cores)
    return refusal(
      'FW-CORES-TOO-FEW',
      `${found}, but host.cores is ${promised}; Docker refuses a limit above what is there`,
      `Say what is there: --set host.cores=${machine.cores}`,
    );
  return machine.cores < COMFORTABLE
    ? doubt(
        `${found}; ${COMFORTABLE} or more are recommended`,
        'Give the server another core: everything waits for the one',
      )
    : fine(`${found}, host.cores is ${promised}`);
}
