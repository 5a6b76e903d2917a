import Dockerode from 'dockerode';
import { LABELS } from '../model/labels.ts';
import type { Belongings, Outsider, OwnImage, OwnVolume } from '../ports/belongings.ts';
import {
  calling,
  finding,
  PROJECT,
  VOLUME,
  withoutLinks,
  WORKING_DIRECTORY,
} from './docker-calls.ts';

export class DockerBelongings implements Belongings {
  readonly #client = new Dockerode();

  async projectsAt(directory: string): Promise<string[]> {
    const found = await calling(() =>
      this.#client.listContainers({ all: true, filters: { label: [LABELS.component] } }),
    );
    return [
      ...new Set(
        found
          .filter(({ Labels }) => withoutLinks(Labels[WORKING_DIRECTORY] ?? '') === directory)
          .flatMap(({ Labels }) => Labels[PROJECT] ?? []),
      ),
    ].sort();
  }

  async volumes(project: string): Promise<OwnVolume[]> {
    const { Volumes } = await calling(() =>
      this.#client.listVolumes({ filters: JSON.stringify({ label: [`${PROJECT}=${project}`] }) }),
    );
    return Volumes.map(({ Labels, Name }) => ({
      name: Labels[VOLUME] ?? Name,
      fullName: Name,
    })).sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
  }

  async outsiders(project: string): Promise<Outsider[]> {
    const [containers, volumes, networks] = await Promise.all([
      calling(() => this.#client.listContainers({ all: true })),
      this.volumes(project),
      calling(() => this.#client.listNetworks({ filters: { label: [`${PROJECT}=${project}`] } })),
    ]);
    const ownVolumes = new Set(volumes.map(({ fullName }) => fullName));
    const ownNetworks = new Set(networks.map(({ Name }) => Name));
    return containers
      .filter(({ Labels }) => Labels[PROJECT] !== project)
      .flatMap(({ Names, Mounts, NetworkSettings }): Outsider[] => {
        const container = nameOf(Names);
        return [
          ...Object.keys(NetworkSettings.Networks)
            .filter((name) => ownNetworks.has(name))
            .map((fullName): Outsider => ({ container, uses: 'network', fullName })),
          ...Mounts.flatMap(({ Name }) => Name ?? [])
            .filter((name) => ownVolumes.has(name))
            .map((fullName): Outsider => ({ container, uses: 'volume', fullName })),
        ];
      });
  }

  async images(references: readonly string[]): Promise<OwnImage[]> {
    if (references.length === 0) return [];
    const containers = await calling(() => this.#client.listContainers({ all: true }));
    const found = await Promise.all(
      references.map(async (reference): Promise<OwnImage[]> => {
        const image = await finding(() => this.#client.getImage(reference).inspect());
        if (!image) return [];
        const users = containers
          .filter(({ ImageID }) => ImageID === image.Id)
          .map(({ Names, Labels }) => ({
            container: nameOf(Names),
            project: Labels[PROJECT] ?? '',
          }));
        return [{ reference, id: image.Id, users }];
      }),
    );
    return found.flat();
  }

  async removeVolumes(project: string, names: readonly string[]): Promise<void> {
    const found = await this.volumes(project);
    await Promise.all(
      found
        .filter(({ name }) => names.includes(name))
        .map(({ fullName }) => finding(() => this.#client.getVolume(fullName).remove())),
    );
  }

  async removeImage(reference: string): Promise<void> {
    await finding(() => this.#client.getImage(reference).remove() as Promise<unknown>);
  }
}

const nameOf = (names: readonly string[]): string => (names[0] ?? '').replace(/^\//, '');
