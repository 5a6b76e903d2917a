import type { ClockFacts } from '../../facts-preflight.ts';
import { isInsecure, registryAddress, registryHost } from './registry-address.ts';
import type { PreflightView } from './view.ts';

const REGISTRY_MS = 1500;

export async function collectClock(view: PreflightView): Promise<ClockFacts> {
  const { machine, clock } = view.ports;
  const [builtAt, synchronised, registry] = await Promise.all([
    machine.builtAt(),
    askTimeService(view),
    askRegistry(view),
  ]);
  return { nowMs: clock.now().getTime(), builtMs: builtAt?.getTime(), synchronised, registry };
}

/** timedatectl reports the kernel's own state, whichever program keeps the time; chronyc answers without systemd too. */
async function askTimeService({ ports }: PreflightView): Promise<ClockFacts['synchronised']> {
  const [systemd, chrony] = await Promise.all([
    ports.machine.ask(['timedatectl', 'show', '--property=NTPSynchronized', '--value']),
    ports.machine.ask(['chronyc', '-n', '-c', 'tracking']),
  ]);
  const said = systemd?.exitCode === 0 ? systemd.stdout.trim() : '';
  // The last of the fields is the leap status: "Not synchronised" or, in every other word, it is.
  const leap = chrony?.exitCode === 0 ? (chrony.stdout.trim().split(',').at(-1) ?? '') : '';
  if (leap !== '' && said !== 'yes') return { yes: leap !== 'Not synchronised', source: 'chronyc' };
  return said === 'yes' || said === 'no'
    ? { yes: said === 'yes', source: 'timedatectl' }
    : undefined;
}

/** The Date header of the registry images come from; whoever answers, and with whatever status, has one. */
async function askRegistry(view: PreflightView): Promise<ClockFacts['registry']> {
  const { images } = view.catalog.context.config;
  if (images.source === 'debian') return undefined;
  const { clock, http, machine } = view.ports;
  const host = registryHost(`${images.registry}/any`);
  try {
    const insecure = await view.fact('engine').then(
      ({ insecureRegistries }) => isInsecure(host, insecureRegistries),
      () => false,
    );
    const url = new URL(registryAddress(host, insecure));
    const [address] = await machine.resolve(url.hostname);
    if (address === undefined) return undefined;
    const before = clock.now().getTime();
    const { headers } = await http.request({
      url: url.href,
      connectTo: address,
      timeoutMs: REGISTRY_MS,
    });
    const theirsMs = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(theirsMs)) return undefined;
    return { host, theirsMs, oursMs: (before + clock.now().getTime()) / 2 };
  } catch {
    // Behind a proxy only the engine gets there; then nobody was asked.
    return undefined;
  }
}
