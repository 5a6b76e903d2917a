/** What the collectors of `preflight` bring home: plain data, so that a check can judge another machine's facts. */

import type { ReceiverId } from '../catalog/alert-routing.ts';
import type { AlertSecret } from '../catalog/alert-secrets.ts';
import type { BackupDirectoryFacts } from '../model/backup-directory.ts';
import type { AlertSecretState } from '../model/alert-secret.ts';
import type { EngineDetails } from '../model/engine-details.ts';
import type { ProxyAnswer, ProxyQuestion } from '../model/proxy-answer.ts';
import type { ExternalDatabaseFacts } from './facts-database.ts';

/** Before what: some facts matter only when something already runs. */
export const PURPOSES = ['install', 'upgrade'] as const;
export type Purpose = (typeof PURPOSES)[number];

export type MachineFacts = {
  /** As Node.js names them: `linux`, `x64`. */
  readonly system: string;
  readonly architecture: string;
  /** `6.1.0-18-amd64` */
  readonly kernel: string;
  readonly cores: number;
  /** Bytes of physical memory. */
  readonly memoryBytes: number;
  /** vm.overcommit_memory: 0 heuristic, 1 always, 2 never; undefined where the kernel does not tell. */
  readonly overcommit: number | undefined;
  /** System-wide limit of open files and how many are open. */
  readonly openFiles: { readonly open: number; readonly most: number } | undefined;
  /** What a container may open at most: the limit of the engine's own process; undefined where it cannot be seen. */
  readonly engineOpenFiles: number | undefined;
};

export type ClockFacts = {
  /** Milliseconds since 1970, by this machine. */
  readonly nowMs: number;
  /** When this installer was built; undefined when it runs from source. */
  readonly builtMs: number | undefined;
  /** Whether a time service keeps the clock right, and who says so; undefined where nobody can be asked. */
  readonly synchronised: { readonly yes: boolean; readonly source: string } | undefined;
  /** What the registry in use thinks the time is; undefined where it was not asked or did not answer. */
  readonly registry:
    { readonly host: string; readonly theirsMs: number; readonly oursMs: number } | undefined;
};

export type DiskPlace = {
  readonly use: 'instance' | 'docker';
  /** The directory that counts, or the nearest above it that exists. */
  readonly path: string;
  /** Two places with the same device share their space. */
  readonly device: number;
  /** `ext4`, `nfs4`, `tmpfs`; empty where it cannot be told. */
  readonly type: string;
  readonly readOnly: boolean;
  readonly totalBytes: number;
  /** What this user may still write. */
  readonly freeBytes: number;
  /** Zero where the file system makes inodes as it needs them. */
  readonly inodes: number;
  readonly freeInodes: number;
};
export type DiskFacts = { readonly places: readonly DiskPlace[] };

export type LatencyFacts = {
  readonly places: readonly {
    readonly path: string;
    /** How long each synced write took, milliseconds. */
    readonly samplesMs: readonly number[];
  }[];
};

export type DirectoryFacts = {
  readonly path: string;
  readonly kind: 'absent' | 'directory' | 'file' | 'dangling-link';
  /** The nearest that exists: the directory itself or the one it would be made in. */
  readonly nearest: string;
  readonly writable: boolean;
  readonly type: string;
  readonly readOnly: boolean;
  /** Release recorded by an earlier installation. */
  readonly release: string | undefined;
};

export type EngineFacts = EngineDetails & {
  /** Whether its root directory exists here: an engine elsewhere has its own disk. */
  readonly rootIsHere: boolean;
};

export type ComposeFacts = { readonly version: string };

export type BootFacts = {
  /** What systemd says of the engine's unit (`enabled`, `disabled`, …); undefined where there is no systemd. */
  readonly state: string | undefined;
  readonly unit: string;
};

export type NetworkFacts = {
  /** IPv4 subnets of Docker's networks. */
  readonly docker: readonly { readonly name: string; readonly subnet: string }[];
  /** Networks the platform still has to get. */
  readonly missing: readonly string[];
  /** IPv4 routes of the host that are not Docker's: `10.8.0.0/24 wg0`. */
  readonly routes: readonly { readonly subnet: string; readonly device: string }[];
  /** Gateway and name servers: addresses no container network may hide. */
  readonly needed: readonly { readonly address: string; readonly use: string }[];
};

export type PortFacts = {
  readonly wanted: number;
  /** Addresses to listen on that are none of this server's. */
  readonly absent: readonly string[];
  readonly busy: readonly {
    readonly port: number;
    readonly bind: string;
    /** `nginx (pid 812)`; empty where it cannot be seen. */
    readonly holder: string;
  }[];
};

export type ProjectFacts = {
  /** Directories from which a Compose project of our name runs, without ours. */
  readonly elsewhere: readonly string[];
  readonly containers: number;
};

export type SecretFileFacts = {
  readonly files: readonly {
    readonly name: string;
    /** `closed`: of an instance that exists, to the container that needs it. */
    readonly state: 'absent' | 'empty' | 'unreadable' | 'closed' | 'fine';
    /** Volume that only this secret opens and that exists already. */
    readonly unlocks: string | undefined;
  }[];
};

export type DnsFacts = {
  readonly servers: readonly string[];
  /** Whether any of them sends an answer, be it that the name does not exist. */
  readonly answers: boolean;
};

export type HostNameFacts = {
  readonly name: string;
  /** Where it points to; empty when it does not resolve. */
  readonly resolved: readonly string[];
  readonly own: readonly string[];
};

export type ProxyFacts = {
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY of this process, without passwords; upper-case names. */
  readonly shell: Readonly<Record<string, string>>;
  readonly engine: string;
  /** Proxy that the docker command writes into every container it makes; empty for none. */
  readonly containers: string;
};

/** What the proxies of network.proxy answered to this host. */
export type ProxyAnswersFacts = {
  readonly asked: readonly (ProxyQuestion & {
    /** The key of factsway.yaml that names it: `network.proxy.https`. */
    readonly key: string;
    /** Whether the target exists and is needed; else any answer will do. */
    readonly needed: boolean;
    readonly result: ProxyAnswer;
  })[];
};

export type LocalImage = {
  readonly reference: string;
  readonly version: string;
  /** `linux/amd64` */
  readonly platform: string;
};
export type ImageFacts = {
  readonly wanted: readonly string[];
  /** Of these, which must carry the version of the release. */
  readonly ofRelease: readonly string[];
  readonly local: readonly LocalImage[];
};

/** What the engine learned when it asked a registry for an image it does not have. */
export type RegistryAnswer =
  | { readonly answer: 'found'; readonly platforms: readonly string[] }
  | { readonly answer: 'absent' }
  | { readonly answer: 'login'; readonly reason: string }
  | { readonly answer: 'unreachable'; readonly reason: string };
export type RegistryFacts = {
  readonly asked: readonly {
    readonly reference: string;
    readonly host: string;
    readonly result: RegistryAnswer;
  }[];
};

export type DatabaseSizeFacts = {
  /** Whether there is a volume of it already. */
  readonly exists: boolean;
  /** Undefined when it was not asked, or does not run and cannot be asked. */
  readonly bytes: number | undefined;
};

export type Certificate = {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** `rsa`, `ec`, `ed25519`; bits of an RSA modulus or of a curve. */
  readonly key: { readonly type: string; readonly bits: number | undefined };
  readonly selfSigned: boolean;
  /** Whether the next one of the file signed this one; undefined for the last. */
  readonly signedByNext: boolean | undefined;
};
export type TlsFacts = {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** In the order of the file, which should be the server's own first; never empty. */
  readonly chain: readonly Certificate[];
  /** Place in the chain of the certificate that the key belongs to; below zero if it is none of them. */
  readonly keyOf: number;
  /** Permission bits of the key file. */
  readonly keyMode: number;
  /** Whether the last of the chain is signed by a root that every browser brings along. */
  readonly endsAtKnownRoot: boolean;
};

/** The secret files of receivers of alerts, by what they look like. */
export type AlertSecretFacts = {
  readonly secrets: readonly (AlertSecret & {
    readonly receiver: ReceiverId;
    readonly found: AlertSecretState;
  })[];
};

/** Every kind of fact there is, by the name a check asks for it. */
export type PreflightFacts = {
  readonly machine: MachineFacts;
  readonly clock: ClockFacts;
  readonly disks: DiskFacts;
  readonly latency: LatencyFacts;
  readonly directory: DirectoryFacts;
  readonly engine: EngineFacts;
  readonly compose: ComposeFacts;
  readonly boot: BootFacts;
  readonly networks: NetworkFacts;
  readonly ports: PortFacts;
  readonly project: ProjectFacts;
  readonly secrets: SecretFileFacts;
  readonly dns: DnsFacts;
  readonly hostName: HostNameFacts;
  readonly proxy: ProxyFacts;
  readonly proxyAnswers: ProxyAnswersFacts;
  readonly images: ImageFacts;
  readonly registry: RegistryFacts;
  readonly databaseSize: DatabaseSizeFacts;
  readonly tls: TlsFacts;
  readonly externalDatabase: ExternalDatabaseFacts;
  readonly alertSecrets: AlertSecretFacts;
  readonly backupDirectory: BackupDirectoryFacts;
};
