/** A volume by the name its Compose files give it, and by the engine's. */
export type OwnVolume = { readonly name: string; readonly fullName: string };

/** A container of somebody else that uses what is ours. */
export type Outsider = {
  readonly container: string;
  readonly uses: 'network' | 'volume';
  /** The engine's name of it. */
  readonly fullName: string;
};

export type OwnImage = {
  readonly reference: string;
  readonly id: string;
  /** Names of the containers made from it, running or not, with the project each belongs to; empty for none. */
  readonly users: readonly { readonly container: string; readonly project: string }[];
};

/** What an installation has on the Docker Engine, for taking it away. Every call throws FW-DOCKER-UNREACHABLE when no engine answers. */
export type Belongings = {
  /** Projects of the platform's containers that were made from a directory. */
  projectsAt(directory: string): Promise<string[]>;
  volumes(project: string): Promise<OwnVolume[]>;
  /** Containers of other projects, or of none, that use networks or volumes of this one. */
  outsiders(project: string): Promise<Outsider[]>;
  /** Those of these images that are on the host. */
  images(references: readonly string[]): Promise<OwnImage[]>;
  /** By the names that `volumes` gave; one that is gone already is as good as removed. */
  removeVolumes(project: string, names: readonly string[]): Promise<void>;
  /** Takes the name away, and the image with its last name. One that is gone already is as good as removed. */
  removeImage(reference: string): Promise<void>;
};
