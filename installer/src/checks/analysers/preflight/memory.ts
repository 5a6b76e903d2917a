import type { Catalog } from '../../../catalog/catalog.ts';
import { externalPostgres } from '../../../catalog/database-access.ts';
import { MINIMUM_MEMORY, MINIMUM_MEMORY_EXTERNAL } from '../../../catalog/sizing.ts';
import { formatSize, MiB, parseSize } from '../../../model/units.ts';
import { defineCheck, doubt, fine, readableSize, refusal, type Verdict } from './check.ts';

/** Firmware and kernel keep up to this share of what a server is sold with. */
const NOMINAL = 1.1;
/** What detection rounds to. */
const STEP = 256 * MiB;

const rounded = (bytes: number): string => formatSize(Math.floor(bytes / STEP) * STEP);

export const memory = defineCheck({
  name: 'memory',
  proves: 'The server has the memory the platform needs and that host.memory promises.',
  warns: 'host.memory is more than the server has',
  fails: `less than ${formatSize(MINIMUM_MEMORY)} (${formatSize(MINIMUM_MEMORY_EXTERNAL)} with a PostgreSQL of your own), or host.memory is more than ${NOMINAL} times what the server has`,
  codes: ['FW-MEMORY-TOO-SMALL'],
  remedy: 'factsway-install install --set host.memory=SIZE',
  purposes: ['install', 'upgrade'],
  needs: ['machine'],
  analyse: ({ machine }, { catalog }) => judgeMemory(machine, catalog),
});

/** Also of what `up` is about to make. */
export function judgeMemory(machine: { readonly memoryBytes: number }, catalog: Catalog): Verdict {
  const { config } = catalog.context;
  const { memory: written } = config.host;
  const minimum = externalPostgres(config) ? MINIMUM_MEMORY_EXTERNAL : MINIMUM_MEMORY;
  const promised = parseSize(written) ?? 0;
  const found = readableSize(machine.memoryBytes);
  if (machine.memoryBytes * NOMINAL < minimum)
    return refusal(
      'FW-MEMORY-TOO-SMALL',
      `${found}; the platform needs ${formatSize(minimum)}`,
      'Give the server more memory. What it has: free -h',
    );
  const remedy = `Say what is there: --set host.memory=${rounded(Math.max(machine.memoryBytes, minimum))}`;
  if (promised > machine.memoryBytes * NOMINAL)
    return refusal(
      'FW-MEMORY-TOO-SMALL',
      `${found}, but host.memory is ${written}: limits would promise memory that does not exist`,
      remedy,
    );
  return promised > machine.memoryBytes
    ? doubt(`${found}, a little less than host.memory (${written})`, remedy)
    : fine(`${found}, host.memory is ${written}`);
}
