import type { Question } from './question.ts';

const LOOPBACK = '127.0.0.1';

/** What seldom needs another answer: reached from the review, and asked only where the usual value cannot work. */
export const FURTHER_QUESTIONS: readonly Question[] = [
  {
    path: ['project'],
    title: 'Name of this installation',
    explanation: 'Begins the name of everything it makes. A second one needs another name.',
    kind: 'input',
    ask: 'on-request',
    newOnly: true,
  },
  {
    path: ['release', 'version'],
    title: 'Release',
    explanation: 'The version of FACTSWAY that is installed.',
    kind: 'input',
    ask: 'on-request',
  },
  {
    path: ['edge', 'bind'],
    title: 'Network address to listen on',
    explanation: '0.0.0.0 is every address of this server; 127.0.0.1 this server alone.',
    kind: 'input',
    ask: 'on-request',
  },
  {
    path: ['edge', 'maxRequestSize'],
    title: 'Largest upload',
    explanation: 'Larger documents are refused.',
    kind: 'input',
    ask: 'on-request',
  },
  {
    path: ['edge', 'requestTimeoutSeconds'],
    title: 'Longest wait, in seconds',
    explanation: 'Exports of very large documents may need more.',
    kind: 'number',
    ask: 'on-request',
  },
  {
    path: ['edge', 'tls', 'acmeDirectory'],
    title: 'Another authority',
    explanation: 'Address of its directory, where it is not Let’s Encrypt.',
    kind: 'input',
    ask: 'on-request',
    applies: ({ edge }) => edge.tls.mode === 'acme',
  },
  {
    path: ['network', 'subnet'],
    title: 'Address range inside',
    explanation: 'For the networks inside, where those of Docker meet one of yours.',
    kind: 'input',
    ask: 'on-request',
  },
  {
    path: ['network', 'proxy', 'https'],
    title: 'Proxy to the internet',
    explanation: 'Is the internet reached through a proxy? Without a login; “none” for no.',
    kind: 'input',
    ask: 'when-unusual',
    read: readProxy,
    suggest: ({ proxy }) => proxy && { value: proxy.https, because: proxy.because },
  },
  {
    path: ['network', 'proxy', 'http'],
    title: 'Proxy for http:// addresses',
    explanation: 'Mostly the same one; “none” asks for them directly.',
    kind: 'input',
    ask: 'on-request',
    read: readProxy,
    // Without a reason of its own: it follows from the answer before.
    suggest: ({ proxy }, { network }) => {
      const { https } = network.proxy;
      if (!proxy || https === undefined) return undefined;
      return { value: https === proxy.https ? proxy.http : https };
    },
  },
  {
    path: ['host', 'profile'],
    title: 'Size',
    explanation: 'How much of the server is used, where that is not all of it.',
    kind: 'select',
    ask: 'on-request',
    choices: [
      { value: 'auto', label: 'All the memory and cores given' },
      { value: 'small', label: 'As on a server of 8 GB and 2 cores' },
      { value: 'medium', label: 'As on a server of 16 GB and 4 cores' },
      { value: 'large', label: 'As on a server of 32 GB and 8 cores' },
    ],
  },
  {
    path: ['monitoring', 'grafana'],
    title: 'Charts (Grafana)',
    explanation: 'Show how the server is doing, to whoever looks after it.',
    kind: 'select',
    ask: 'on-request',
    choices: [
      { value: 'auto', label: 'Yes, where the programs include it' },
      { value: 'off', label: 'No' },
    ],
    applies: ({ images }) => images.source !== 'debian',
  },
  {
    path: ['monitoring', 'retentionDays'],
    title: 'Days measurements are kept',
    explanation: 'More days need more disk.',
    kind: 'number',
    ask: 'on-request',
  },
  {
    path: ['monitoring', 'prometheusPort'],
    title: 'Port of Prometheus',
    explanation: 'It holds the measurements, and is reachable from this server alone.',
    kind: 'number',
    ask: 'when-unusual',
    port: { bind: () => LOOPBACK, candidates: [9090, 9091, 9190, 19090] },
  },
  {
    path: ['monitoring', 'alertmanagerPort'],
    title: 'Port of Alertmanager',
    explanation: 'It sends alerts, and is reachable from this server alone.',
    kind: 'number',
    ask: 'when-unusual',
    port: { bind: () => LOOPBACK, candidates: [9093, 9095, 9193, 19093] },
  },
  {
    path: ['postgres', 'database'],
    title: 'Name of the database',
    explanation: 'Only matters to whoever opens the database by hand.',
    kind: 'input',
    ask: 'on-request',
    newOnly: true,
  },
  {
    path: ['services', 'logLevel'],
    title: 'Detail of the logs',
    explanation: 'How much the programs write down. More only while looking for an error.',
    kind: 'select',
    ask: 'on-request',
    choices: [
      { value: 'debug', label: 'Everything' },
      { value: 'info', label: 'The usual' },
      { value: 'warn', label: 'Warnings and errors' },
      { value: 'error', label: 'Errors only' },
    ],
  },
];

/** People paste what stands in an address bar, and an empty answer would mean the one that is offered. */
function readProxy(text: string): string {
  if (/^(none|no|-)$/i.test(text)) return '';
  return text.replace(/\/+$/, '');
}
