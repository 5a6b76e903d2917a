import type { Manifest } from './bundle.ts';
import type { Access } from './secret-access.ts';
import type { Slot } from './workload.ts';

export type ContainerState =
  'created' | 'running' | 'exited' | 'restarting' | 'paused' | 'dead' | 'removing';

/** One container of our Compose project as the engine reports it. */
export type ObservedContainer = {
  readonly id: string;
  /** Compose service name. */
  readonly service: string;
  /** Our slot label, for the migrations and the services. */
  readonly slot?: string;
  readonly name: string;
  readonly state: ContainerState;
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  readonly exitCode: number;
  /** Our fingerprint of everything it was created from (label `io.factsway.spec`). */
  readonly spec: string;
  readonly image: string;
  /** The image it was made from, whatever `image` names on this host by now. */
  readonly imageId?: string;
  /** Compose's own hash of the definition it was made from. */
  readonly configHash?: string;
  /** The files Compose read for it, in order. */
  readonly composeFiles?: readonly string[];
  /** Directory the project was created in (Compose's own label). */
  readonly workingDirectory: string;
  /**
   * Absent when its mounts point into that directory by its real path; `link` when they lead through a
   * symbolic link and break with it; `gone` when the directory is there no more, moved or by a lost link.
   */
  readonly mountsBy?: 'link' | 'gone';
  readonly startedAt: string;
  readonly restarts: number;
  /** Host ports it publishes. */
  readonly ports: readonly { readonly bind: string; readonly port: number }[];
  /** Full names of its volumes, by where they are mounted; absent where nobody looked. */
  readonly mounted?: Readonly<Record<string, string>>;
  /** `NAME=value` as anybody who may inspect the container sees it. */
  readonly environment: readonly string[];
};

/**
 * What Compose makes in place of a container is called `<12 digits of its id>_<its name>` until that one is gone. With
 * such a name it is the work of a Compose that was cut off, and in the way of the next one.
 */
export const isHalfMade = ({ name }: ObservedContainer, project: string): boolean =>
  /^[0-9a-f]{12}_/.test(name) && name.slice(13).startsWith(`${project}-`);

/** Whether the project in this directory made it, or made it where the directory used to be. */
export const isMadeIn = (
  { workingDirectory, mountsBy }: ObservedContainer,
  directory: string,
): boolean => workingDirectory === directory || mountsBy === 'gone';

export type ObservedImage = {
  readonly reference: string;
  readonly id: string;
  /** Label org.opencontainers.image.version, empty where the image has none. */
  readonly version: string;
  /** At the registry it came from; absent for an image that was built or loaded here. */
  readonly digest?: string;
  /** Label io.factsway.release as it stands there (model/release-history.ts reads it); absent where it has none. */
  readonly release?: string;
};

export type ObservedImages = Readonly<Record<string, ObservedImage>>;

/** Whether the name of its image stands for another one by now: built again, loaded or pulled under the same tag. */
export function isImageRebuilt(
  { image, imageId }: Pick<ObservedContainer, 'image' | 'imageId'>,
  images: ObservedImages,
): boolean {
  const now = images[image]?.id;
  return imageId !== undefined && now !== undefined && now !== imageId;
}

/** A service as Compose reads it from all its files. */
export type ComposedService = {
  readonly hash: string;
  readonly image?: string;
  /** Bytes; absent where there is no limit. */
  readonly memory?: number;
  /** Bytes of memory and swap together. */
  readonly memoryAndSwap?: number;
  /** No container is wanted of it. */
  readonly idle?: boolean;
};

/** What the customer's compose.override.yaml comes to. */
export type ObservedOverride = {
  /** Every service, ours included; absent where Compose cannot read its files yet. */
  readonly services?: Readonly<Record<string, ComposedService>>;
  /** Services that no rendered file has. */
  readonly added: readonly string[];
  /** Whether Compose read it with the files that are wanted, and not with those of before. */
  readonly rendered: boolean;
  /** Image it gives to services of ours, by service. */
  readonly images?: Readonly<Record<string, string>>;
};

/** A rendered file that somebody edited. */
export type ObservedEdit = {
  readonly text: string;
  /** The rendering it was made in; absent where nobody knows that text any more. */
  readonly base?: string;
};

/** The instance directory as it is on disk. */
export type ObservedInstance = {
  readonly manifest: Manifest;
  /** sha256 (hex) of every file the manifest or the new bundle names; absent when the file is not there. */
  readonly digests: Readonly<Record<string, string>>;
  /** Of those files, the rendered ones that are not as we wrote them. */
  readonly edits?: Readonly<Record<string, ObservedEdit>>;
  /** Permission bits of what the containers read: files of the new bundle and directories, by path. */
  readonly modes?: Readonly<Record<string, number>>;
  readonly secrets: readonly string[];
  /** Of these, the files with nothing in them. */
  readonly emptySecrets?: readonly string[];
  /** Owner and mode of secrets/ and of the files in it that the platform reads, by name. */
  readonly secretAccess?: {
    /** Whether we may give files away. */
    readonly asRoot: boolean;
    readonly directory?: Access;
    readonly files: Readonly<Record<string, Access>>;
  };
  /** sha256 of the config directory each reloadable component last took up, by service id. */
  readonly appliedConfig: Readonly<Record<string, string>>;
  /** Whether the edge's root certificate was saved. */
  readonly rootCertificate: boolean;
  readonly release?: { readonly version: string; readonly slot: Slot };
  /** The slot that the proxy sends requests to; absent where nobody looked. */
  readonly leadsTo?: Slot;
  /** Release of the last rendering, which may never have come to serve. */
  readonly renderedRelease?: string;
  /** Whether the proxy shows everybody the maintenance page. */
  readonly closed?: true;
  /** PostgreSQL of the customer that the last rendering was for; absent where it was the bundled one. */
  readonly formerDatabase?: string;
};

/** Everything a plan is made from besides what is wanted. */
export type Observed = {
  readonly instance: ObservedInstance;
  readonly containers: readonly ObservedContainer[];
  /** By reference, those of the containers among them; a missing image is absent. */
  readonly images: ObservedImages;
  readonly volumes: readonly string[];
  /** Services that run, and that a run was stopping when it was cut off: maybe not for long. */
  readonly stopping?: readonly string[];
  /** Of the project, without its prefix. */
  readonly networks: readonly string[];
  /** Of those networks, IPv4; absent where nobody ever chose one. */
  readonly subnets?: Readonly<Record<string, string>>;
  /** Absent where nothing depends on it. */
  readonly override?: ObservedOverride;
  /** A project of another name that was made from this directory and still has containers or data. */
  readonly otherProject?: string;
  /** Host ports we would publish and that something else listens on. */
  readonly busyPorts: readonly { readonly port: number; readonly bind: string }[];
  /** Addresses we would listen on that are none of this server's. */
  readonly absentAddresses?: readonly string[];
  /** What there is for containers; absent where no container is looked at. */
  readonly server?: { readonly memoryBytes: number; readonly cores: number };
};
