import { EXIT } from './exit-codes.ts';

/** What `preflight` finds and nothing else reports; part of the error catalogue. */
export const PREFLIGHT_ERRORS = {
  'FW-PLATFORM-UNSUPPORTED': {
    exit: EXIT.check,
    summary: 'The operating system or the processor is none the platform runs on.',
  },
  'FW-KERNEL-TOO-OLD': {
    exit: EXIT.check,
    summary: 'The Linux kernel is older than the platform needs.',
  },
  'FW-CORES-TOO-FEW': {
    exit: EXIT.check,
    summary: 'The setting host.cores promises more processor cores than the server has.',
  },
  'FW-MEMORY-TOO-SMALL': {
    exit: EXIT.check,
    summary: 'The server has less memory than the platform needs or host.memory promises.',
  },
  'FW-CLOCK-WRONG': { exit: EXIT.check, summary: 'The clock of the server is wrong.' },
  'FW-DISK-SPACE': {
    exit: EXIT.check,
    summary: 'A disk has less free space than the operation needs.',
  },
  'FW-INODES': {
    exit: EXIT.check,
    summary: 'A file system has too few free inodes for the files of the images.',
  },
  'FW-DOCKER-STORAGE': {
    exit: EXIT.check,
    summary: 'Docker keeps its data on a file system that containers or a database cannot live on.',
  },
  'FW-DOCKER-REMOTE': {
    exit: EXIT.check,
    summary:
      'The Docker Engine runs on another machine, where the instance directory does not exist.',
  },
  'FW-DOCKER-ROOTLESS': {
    exit: EXIT.check,
    summary:
      'The Docker Engine maps users (rootless or userns-remap), so that owners of files do not fit.',
  },
  'FW-CGROUP-LIMITS': {
    exit: EXIT.check,
    summary: 'The kernel does not let Docker limit memory, processes or processor time.',
  },
  'FW-NETWORK-RANGES': {
    exit: EXIT.check,
    summary: 'Docker has too few free address ranges for the networks of the platform.',
  },
  'FW-NETWORK-COLLISION': {
    exit: EXIT.check,
    summary: "A network of Docker covers addresses of the server's own networks.",
  },
  'FW-REGISTRY-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'A registry that has to give images cannot be reached.',
  },
  'FW-REGISTRY-LOGIN': {
    exit: EXIT.check,
    summary: 'A registry gives its images only after a login, and has none or refuses it.',
  },
  'FW-PROXY-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'A proxy of network.proxy cannot be reached, or what answers there is none.',
  },
  'FW-PROXY-LOGIN': {
    exit: EXIT.check,
    summary: 'A proxy of network.proxy asks for a login, which containers do not have.',
  },
  'FW-IMAGE-ARCHITECTURE': {
    exit: EXIT.check,
    summary: 'An image is made for another processor.',
  },
  'FW-TLS-FILE': {
    exit: EXIT.check,
    summary: 'The file of the certificate or of its key is missing, unreadable or no such thing.',
  },
  'FW-TLS-KEY-ENCRYPTED': {
    exit: EXIT.check,
    summary: 'The private key of the certificate is protected by a passphrase.',
  },
  'FW-TLS-KEY-MISMATCH': {
    exit: EXIT.check,
    summary: 'The private key belongs to another certificate.',
  },
  'FW-TLS-CHAIN': {
    exit: EXIT.check,
    summary: 'The certificates of the file are in the wrong order or one between is missing.',
  },
  'FW-TLS-NAME': { exit: EXIT.check, summary: 'The certificate is not for host.name.' },
  'FW-TLS-EXPIRED': {
    exit: EXIT.check,
    summary: 'The certificate, or one of its chain, has expired.',
  },
  'FW-TLS-NOT-YET-VALID': {
    exit: EXIT.check,
    summary: 'The certificate, or one of its chain, is not valid yet; or the clock is wrong.',
  },
  'FW-TLS-WEAK': { exit: EXIT.check, summary: 'The key of the certificate is too short.' },
} as const;
