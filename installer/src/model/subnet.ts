/** An IPv4 range: its first address as a number and its prefix length. */
type Subnet = { readonly first: number; readonly prefix: number };

/** What no router of the internet carries (RFC 1918). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
/** Each network gets an eighth. Of a /24 that is 30 addresses; the fullest network has 20 containers. */
const PART_BITS = 3;
const SMALLEST = 24;
const LARGEST = 9;

/** Editors have no function to judge with. */
export const SUBNET = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

function parse(text: string): (Subnet & { readonly address: number }) | undefined {
  if (!SUBNET.test(text)) return undefined;
  const [dotted = '', bits = ''] = text.split('/');
  const parts = dotted.split('.').map(Number);
  const prefix = Number(bits);
  if (prefix > 32 || parts.some((part) => part > 255)) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - prefix);
  return { address, first: Math.floor(address / size) * size, prefix };
}

/** Whether a text is an IPv4 range, private or not; it may begin in the middle. */
export const subnetLike = (text: string): boolean => parse(text) !== undefined;

const format = ({ first, prefix }: Subnet): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;

const isPrivate = ({ first, prefix }: Subnet): boolean =>
  PRIVATE.some((text) => {
    const range = parse(text);
    return (
      range !== undefined &&
      prefix >= range.prefix &&
      first >= range.first &&
      first < range.first + 2 ** (32 - range.prefix)
    );
  });

/** What is wrong with a range for the networks of the platform, as the rest of a sentence, and what to do. */
export function subnetProblem(text: string): { message: string; hint?: string } | undefined {
  const subnet = parse(text);
  if (!subnet) return { message: 'must be an IPv4 range such as 10.77.0.0/24' };
  if (subnet.address !== subnet.first)
    return {
      message: 'begins in the middle of a range',
      hint: `Use the address the range begins with: ${format(subnet)}.`,
    };
  if (!isPrivate(subnet))
    return {
      message: 'is no private range',
      hint: `Use one inside of ${PRIVATE.join(', ')}: any other belongs to somebody.`,
    };
  if (subnet.prefix > SMALLEST || subnet.prefix < LARGEST)
    return {
      message: `must be /${SMALLEST} or larger, and smaller than a whole /8`,
      hint: `It is divided in ${2 ** PART_BITS} parts, one for each network: ${format({ ...subnet, prefix: SMALLEST })} is enough.`,
    };
  return undefined;
}

/** One of the eight equal parts of a range, counted from zero. */
export function subnetPart(text: string, index: number): string {
  const subnet = parse(text);
  if (!subnet || index < 0 || index >= 2 ** PART_BITS)
    throw new Error(`${text} has no part ${index}`);
  const prefix = subnet.prefix + PART_BITS;
  return format({ first: subnet.first + index * 2 ** (32 - prefix), prefix });
}
