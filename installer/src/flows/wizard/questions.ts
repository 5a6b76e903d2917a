import { MINIMUM_MEMORY, MINIMUM_MEMORY_EXTERNAL } from '../../catalog/sizing.ts';
import type { InstanceConfig } from '../../model/config.ts';
import { HOST_NAME } from '../../model/host-name.ts';
import { timeZoneProblem } from '../../model/time-zone.ts';
import { formatSize, GiB, MiB, parseSize } from '../../model/units.ts';
import { isBuiltHere, type Facts } from './facts.ts';
import { ALERT_QUESTIONS } from './alert-questions.ts';
import { BACKUP_QUESTIONS } from './backup-questions.ts';
import { DATABASE_QUESTIONS } from './database-questions.ts';
import { FURTHER_QUESTIONS } from './further-questions.ts';
import type { Question } from './question.ts';

/** What is asked first, in this order. `further-questions.ts` has what the review alone leads to. */
const FIRST_QUESTIONS: readonly Question[] = [
  {
    path: ['host', 'name'],
    title: 'Name of this server',
    explanation: 'What people type into their browser. It must lead to this server.',
    kind: 'input',
    ask: 'always',
    read: readHostName,
    suggest: suggestHostName,
  },
  {
    path: ['host', 'timeZone'],
    title: 'Time zone',
    explanation: 'For the times on dashboards and for what happens by the clock.',
    kind: 'input',
    ask: 'always',
    suggest: ({ timeZone }) =>
      timeZoneProblem(timeZone) === undefined ? { value: timeZone } : undefined,
  },
  {
    path: ['edge', 'tls', 'mode'],
    title: 'Encryption',
    explanation: 'Protects what people send and see. Decides what browsers show at the lock.',
    kind: 'select',
    ask: 'always',
    choices: [
      {
        value: 'internal',
        label: 'This server makes its own certificate',
        explanation: 'Works at once. Browsers of the firm are told once to trust it.',
      },
      {
        value: 'provided',
        label: 'A certificate you have',
        explanation: 'Bought, or from an authority of your own: two files on this server.',
      },
      {
        value: 'acme',
        label: 'A free one from a public authority',
        explanation: 'Let’s Encrypt. The internet must reach this server by its name.',
      },
      {
        value: 'off',
        label: 'None: a machine in front of it encrypts',
        explanation: 'Only behind a load balancer. Never where people reach this server directly.',
      },
    ],
  },
  {
    path: ['edge', 'tls', 'certificateFile'],
    title: 'File of the certificate',
    explanation: 'PEM: the certificate of this server, then those that signed it.',
    kind: 'input',
    ask: 'always',
    applies: ({ edge }) => edge.tls.mode === 'provided',
    file: true,
  },
  {
    path: ['edge', 'tls', 'keyFile'],
    title: 'File of its key',
    explanation: 'PEM: the private key of that certificate, without a passphrase.',
    kind: 'input',
    ask: 'always',
    applies: ({ edge }) => edge.tls.mode === 'provided',
    file: true,
  },
  {
    path: ['edge', 'tls', 'email'],
    title: 'E-mail for the authority',
    explanation: 'It writes there when something is wrong with the certificate.',
    kind: 'input',
    ask: 'always',
    applies: ({ edge }) => edge.tls.mode === 'acme',
  },
  {
    path: ['edge', 'httpsPort'],
    title: 'Port for encrypted connections',
    explanation: 'Browsers use 443. Any other number becomes part of the address.',
    kind: 'number',
    ask: 'when-unusual',
    applies: ({ edge }) => edge.tls.mode !== 'off',
    port: { bind: ({ edge }) => edge.bind, candidates: [443, 8443, 9443, 10443] },
  },
  {
    path: ['edge', 'httpPort'],
    title: 'Port for plain connections',
    explanation: 'Browsers try 80 first and are sent on to the encrypted port.',
    kind: 'number',
    ask: 'when-unusual',
    port: { bind: ({ edge }) => edge.bind, candidates: [80, 8080, 8880, 10080] },
  },
  {
    path: ['images', 'source'],
    title: 'Where the programs come from',
    explanation: 'FACTSWAY is made of programs in packages called images.',
    kind: 'select',
    ask: 'always',
    choices: [
      {
        value: 'upstream',
        label: 'Download them',
        explanation: 'From the registries of FACTSWAY and of Docker. Needs the internet.',
      },
      {
        value: 'debian',
        label: 'Use those built on this server',
        explanation: 'Built here from Debian packages, for trying out. Without Grafana charts.',
      },
    ],
    suggest: (facts) =>
      isBuiltHere(facts)
        ? { value: 'debian', because: 'All of them are on this server already.' }
        : undefined,
    check: (value, facts) => (value === 'debian' ? notBuilt(facts) : undefined),
  },
  {
    path: ['images', 'registry'],
    title: 'Registry to download from',
    explanation: 'Keep it, unless you were given another address.',
    kind: 'input',
    ask: 'always',
    applies: ({ images }) => images.source === 'upstream',
    read: (text) => text.replace(/^https?:\/\//i, '').replace(/\/+$/, ''),
  },
  {
    path: ['host', 'memory'],
    title: 'Memory for FACTSWAY',
    explanation: 'Give less only where other programs run on this server too.',
    kind: 'input',
    ask: 'always',
    read: readSize,
    suggest: suggestMemory,
    check: checkMemory,
  },
  {
    path: ['host', 'cores'],
    title: 'Processor cores for FACTSWAY',
    explanation: 'Give less only where other programs run on this server too.',
    kind: 'number',
    ask: 'always',
    suggest: ({ cores }) => ({ value: cores }),
    check: (value, { cores }) =>
      Number(value) > cores ? `must be at most ${cores}: this server has no more` : undefined,
  },
];

/** Every question of the wizard, in the order they are asked and reviewed. */
export const QUESTIONS: readonly Question[] = [
  ...FIRST_QUESTIONS,
  ...ALERT_QUESTIONS,
  ...DATABASE_QUESTIONS,
  ...BACKUP_QUESTIONS,
  ...FURTHER_QUESTIONS,
];

/** People paste what stands in the address bar. */
function readHostName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/\.$/, '');
  return HOST_NAME.test(name) ? name : text;
}

function suggestHostName({ hostName }: Facts) {
  if (hostName === undefined) return undefined;
  if (hostName.includes('.')) return { value: hostName };
  const because = 'This server knows no full name of itself, such as factsway.example.com.';
  return { value: hostName, because };
}

/** `16`, `16 g`, `16 GB` mean 16GiB here; nobody counts memory in powers of ten. */
function readSize(text: string): string {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  if (!match) return text;
  const unit = (match[2] ?? '').toUpperCase();
  return `${match[1] ?? ''}${unit === '' ? 'G' : unit}iB`;
}

/** Rounded down to 256 MiB: firmware takes a little, and the figure should look like one a person would write. */
function ownMemory({ memoryBytes }: Facts): number {
  return Math.floor(memoryBytes / (256 * MiB)) * 256 * MiB;
}

/** `23.5GiB` where exact units would be 24064MiB; quarters of a GiB are exact in either. */
const inGiB = (bytes: number): string => `${bytes / GiB}GiB`;

function suggestMemory(facts: Facts) {
  const own = ownMemory(facts);
  if (own >= MINIMUM_MEMORY) return { value: inGiB(own) };
  return {
    value: formatSize(MINIMUM_MEMORY),
    because: `This server has ${(facts.memoryBytes / GiB).toFixed(1)} GiB, less than FACTSWAY needs.`,
  };
}

function checkMemory(value: unknown, facts: Facts, config: InstanceConfig): string | undefined {
  const bytes = parseSize(String(value));
  if (bytes === undefined) return undefined;
  const least = config.postgres.mode === 'external' ? MINIMUM_MEMORY_EXTERNAL : MINIMUM_MEMORY;
  if (bytes < least) return `must be at least ${formatSize(least)}`;
  // Where there is too little anyway, the least that works is what can be tried.
  const most = Math.max(facts.memoryBytes, MINIMUM_MEMORY);
  return bytes > most
    ? `must be at most ${inGiB(ownMemory(facts))}: this server has no more`
    : undefined;
}

function notBuilt({ built, engine }: Facts): string | undefined {
  if (!engine.answers || built.found === built.of) return undefined;
  return `cannot be chosen: ${built.of - built.found} of ${built.of} images are not on this server`;
}
