import { line, lines, type Block } from './caddyfile.ts';
import { same } from './leaves.ts';

const SLOT_B = line('@b file', ...lines('root /etc/caddy/slots', 'try_files /b'));

/** The maintenance page: shown while a file of that name is there, which the installer of a server puts there. */
const closed = (more: string): Block[] => [
  line(
    '@closed',
    line(`not path /runbooks /runbooks/* /grafana /grafana/*${more}`),
    line('file', ...lines('root /etc/caddy/maintenance', 'try_files /closed')),
  ),
  line(
    'handle @closed',
    ...lines(
      'header Retry-After 30',
      'header Cache-Control no-store',
      '@browser header Accept *text/html*',
    ),
    line(
      'handle @browser',
      ...lines('root * /etc/caddy/maintenance', 'rewrite * /page.html'),
      line('file_server', line('status 503')),
    ),
    line(
      'handle',
      ...lines(
        'header Content-Type application/json',
        'respond `{"error":{"code":"maintenance","message":"The platform is being updated and will be back in a few minutes."}}` 503',
      ),
    ),
  ),
];
/** Without and with a mirror of desktop updates, which stays open as well. */
const CLOSED = [closed(''), closed(' /updates /updates/*')];

/** Which slot requests go to, for the installer. */
const SERVING = line(
  'handle /serving',
  SLOT_B,
  line('handle @b', line('respond "b" 200')),
  line('respond "a" 200'),
);

/**
 * What the Caddyfile of Compose becomes where nothing switches between two slots: each service is led to by its own
 * name, and neither a maintenance page nor the question which slot serves is there. Nothing where one of them is not,
 * word for word, what the product says, or a service is led to in another way than by the file of its slot.
 */
export function withOneSlot(file: readonly Block[]): Block[] | undefined {
  const found = { closed: 0, serving: 0 };
  const visit = (block: Block): Block => {
    const inside: Block[] = [];
    for (let at = 0; at < block.inside.length; at += 1) {
      const part = block.inside[at];
      if (!part) continue;
      const page = CLOSED.find((one) => same(block.inside.slice(at, at + one.length), one));
      if (page) {
        found.closed += 1;
        at += page.length - 1;
      } else if (same(part, SERVING)) found.serving += 1;
      else inside.push(visit(part));
    }
    const only = withoutChoice(inside);
    return { ...block, inside: only ? [only] : inside };
  };
  const visited = file.map(visit);
  const isOurs = found.closed === 1 && found.serving === 1 && !visited.some(leadsToASlot);
  return isOurs ? visited : undefined;
}

const IN_SLOT = /^reverse_proxy ([a-z-]+-service)-([ab]):(\d+)$/;

/** Whether a service of a slot is led to whatever serves. */
const leadsToASlot = ({ line: text, inside }: Block): boolean =>
  IN_SLOT.test(text) || inside.some(leadsToASlot);

/** Two ways that differ by the slot alone, of which a file chooses one, are one way. */
function withoutChoice([matcher, b, a, ...others]: readonly Block[]): Block | undefined {
  if (others.length > 0 || !same(matcher, SLOT_B)) return undefined;
  const [there, here] = [inSlot(b, 'handle @b', 'b'), inSlot(a, 'handle', 'a')];
  return there && same(there, here) ? there : undefined;
}

function inSlot(block: Block | undefined, wanted: string, slot: string): Block | undefined {
  const [proxy, ...others] = block?.inside ?? [];
  if (!proxy || block?.line !== wanted || others.length > 0) return undefined;
  const [, name, found, port] = IN_SLOT.exec(proxy.line) ?? [];
  return name !== undefined && found === slot
    ? { ...proxy, line: `reverse_proxy ${name}:${port ?? ''}` }
    : undefined;
}
