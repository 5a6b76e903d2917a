import { setMaxListeners } from 'node:events';
import Dockerode from 'dockerode';
import { execa } from 'execa';
import { PassThrough } from 'node:stream';
import { FactswayError } from '../model/errors.ts';
import type { ContainerState, ObservedContainer, ObservedImage } from '../model/observed.ts';
import type { KeptLine } from '../model/log-line.ts';
import type { Docker, ExecResult, KeptWindow, LogOptions, ProgramLines } from '../ports/docker.ts';
import { LABELS, RELEASE_LABEL } from '../model/labels.ts';
import { OWN_GROUP } from './own-group.ts';
import {
  calling,
  finding,
  madeIn,
  NETWORK,
  PROJECT,
  statusOf,
  VOLUME,
  WORKING_DIRECTORY,
} from './docker-calls.ts';
import { readKept, runForLines } from './docker-logs.ts';

const SERVICE = 'com.docker.compose.service';
const CONFIG_HASH = 'com.docker.compose.config-hash';
const CONFIG_FILES = 'com.docker.compose.project.config_files';
/** Relative to each other; 1024 is what every container has that nobody gave another. */
const CPU_SHARES = { background: 64, normal: 1024 } as const;
const ONE_OFF = 'com.docker.compose.oneoff';

/** The engine that DOCKER_HOST or the default socket leads to, by its API. */
export class DockerEngine implements Docker {
  readonly #client = new Dockerode();
  readonly #signal: AbortSignal;

  /** `signal` ends what may be given up half way. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    // Logs are read from every container at once, and each of them has to end: that is no leak to be warned of.
    setMaxListeners(0, signal);
  }

  async info() {
    const [version, info] = await calling(() =>
      Promise.all([
        this.#client.version(),
        this.#client.info() as Promise<{ DockerRootDir?: string }>,
      ]),
    );
    return {
      version: version.Version,
      apiVersion: version.ApiVersion,
      rootDirectory: info.DockerRootDir ?? '',
    };
  }

  async containers(project: string): Promise<ObservedContainer[]> {
    const found = await calling(() =>
      this.#client.listContainers({ all: true, filters: { label: [`${PROJECT}=${project}`] } }),
    );
    const observed = await Promise.all(
      found.filter(({ Labels }) => Labels[ONE_OFF] !== 'True').map(({ Id }) => this.container(Id)),
    );
    return observed
      .filter((container) => container !== undefined)
      .sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  async container(id: string): Promise<ObservedContainer | undefined> {
    const details = await finding(() => this.#client.getContainer(id).inspect());
    if (!details) return undefined;
    const labels = details.Config.Labels;
    return {
      id: details.Id,
      service: labels[SERVICE] ?? '',
      ...(labels[LABELS.slot] === undefined ? {} : { slot: labels[LABELS.slot] }),
      name: details.Name.replace(/^\//, ''),
      state: details.State.Status as ContainerState,
      health: readHealth(details.State.Health?.Status),
      exitCode: details.State.ExitCode,
      spec: labels[LABELS.spec] ?? '',
      image: details.Config.Image,
      imageId: details.Image,
      ...(labels[CONFIG_HASH] === undefined ? {} : { configHash: labels[CONFIG_HASH] }),
      composeFiles: (labels[CONFIG_FILES] ?? '').split(','),
      ...madeIn(labels[WORKING_DIRECTORY] ?? ''),
      startedAt: details.State.StartedAt,
      restarts: details.RestartCount,
      ports: Object.values(
        details.HostConfig.PortBindings as Record<
          string,
          { HostIp?: string; HostPort: string }[] | null
        >,
      ).flatMap((bindings) =>
        (bindings ?? []).map(({ HostIp, HostPort }) => ({
          bind: HostIp === undefined || HostIp === '' ? '0.0.0.0' : HostIp,
          port: Number(HostPort),
        })),
      ),
      mounted: Object.fromEntries(
        details.Mounts.flatMap(({ Type, Name, Destination }) =>
          Type === 'volume' && Name !== undefined ? [[Destination, Name] as const] : [],
        ),
      ),
      environment: details.Config.Env,
    };
  }

  async images(references: readonly string[]): Promise<Record<string, ObservedImage>> {
    const entries = await Promise.all(
      references.map(async (reference) => {
        const image = await finding(() => this.#client.getImage(reference).inspect());
        const labels = (image?.Config as { Labels?: Record<string, string> | null } | undefined)
          ?.Labels;
        return image
          ? [
              [
                reference,
                {
                  reference,
                  id: image.Id,
                  version: labels?.['org.opencontainers.image.version'] ?? '',
                  ...releaseOf(labels),
                  ...digestOf(image.RepoDigests),
                },
              ] as const,
            ]
          : [];
      }),
    );
    return Object.fromEntries(entries.flat());
  }

  async volumes(project: string): Promise<string[]> {
    const { Volumes } = await calling(() =>
      this.#client.listVolumes({ filters: JSON.stringify({ label: [`${PROJECT}=${project}`] }) }),
    );
    return Volumes.map(({ Labels, Name }) => Labels[VOLUME] ?? Name);
  }

  async networks(project: string): Promise<string[]> {
    return (await this.#networks(project)).map(({ name }) => name);
  }

  async subnets(project: string): Promise<Record<string, string>> {
    const found = await this.#networks(project);
    return Object.fromEntries(
      found.flatMap(({ name, subnets }) => {
        const range = subnets.find((subnet) => !subnet.includes(':'));
        return range === undefined ? [] : [[name, range]];
      }),
    );
  }

  async removeNetworks(project: string, names: readonly string[]): Promise<void> {
    const found = await this.#networks(project);
    await Promise.all(
      found
        .filter(({ name }) => names.includes(name))
        .map(({ id }) => finding(() => this.#client.getNetwork(id).remove() as Promise<unknown>)),
    );
  }

  async #networks(project: string): Promise<{ id: string; name: string; subnets: string[] }[]> {
    const found = await calling(() =>
      this.#client.listNetworks({ filters: { label: [`${PROJECT}=${project}`] } }),
    );
    return found.map(({ Id, Name, Labels, IPAM }) => ({
      id: Id,
      name: Labels?.[NETWORK] ?? Name,
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    }));
  }

  /** By the docker command: it knows the registry logins and credential helpers of this user, the API does not. */
  async pull(reference: string, progress: (line: string) => void): Promise<void> {
    // Layers that came whole stay with the engine, so that an interrupted download goes on from there.
    const run = execa('docker', ['pull', reference], {
      ...OWN_GROUP,
      cancelSignal: this.#signal,
      stdin: 'ignore',
      all: true,
      reject: false,
    });
    for await (const line of run.iterable({ from: 'all' })) progress(`${reference}: ${line}`);
    const { exitCode, all } = await run;
    if (exitCode === 0) return;
    throw new FactswayError(
      'FW-IMAGE-PULL',
      `${reference} could not be pulled: ${all.trim().split('\n').at(-1) ?? 'no reason given'}`,
      'Check name, registry and login (docker login), or use images that are on this host: --set images.source=debian',
    );
  }

  async start(id: string): Promise<void> {
    try {
      await calling(() => this.#client.getContainer(id).start());
    } catch (error) {
      if (statusOf(error) === 304) return;
      throw error;
    }
  }

  async stop(id: string): Promise<void> {
    // No timeout of our own: the container's stop_grace_period holds.
    await finding(() => this.#client.getContainer(id).stop());
  }

  async weigh(id: string, weight: 'background' | 'normal'): Promise<void> {
    const CpuShares = CPU_SHARES[weight];
    await finding(() => this.#client.getContainer(id).update({ CpuShares }));
  }

  async comesBack(id: string, always: boolean): Promise<void> {
    const RestartPolicy = { Name: always ? 'always' : 'no' };
    await finding(() => this.#client.getContainer(id).update({ RestartPolicy }));
  }

  async remove(id: string): Promise<void> {
    await finding(() => this.#client.getContainer(id).remove({ force: true }));
  }

  async signal(id: string, signal: string): Promise<void> {
    await calling(() => this.#client.getContainer(id).kill({ signal }));
  }

  async exec(
    id: string,
    argv: readonly string[],
    input?: string,
    watch?: (piece: string) => void,
  ): Promise<ExecResult> {
    return calling(async () => {
      const reads = input !== undefined;
      const exec = await this.#client.getContainer(id).exec({
        Cmd: [...argv],
        AttachStdin: reads,
        AttachStdout: true,
        AttachStderr: true,
      });
      const stream = await exec.start(reads ? { hijack: true, stdin: true } : {});
      const output = { stdout: '', stderr: '' };
      const collect = (name: 'stdout' | 'stderr'): PassThrough =>
        new PassThrough().on('data', (chunk: Buffer) => {
          const piece = chunk.toString('utf8');
          output[name] += piece;
          if (name === 'stdout') watch?.(piece);
        });
      this.#client.modem.demuxStream(stream, collect('stdout'), collect('stderr'));
      await new Promise<void>((resolve, reject) => {
        stream.on('end', resolve).on('error', reject);
        if (reads) stream.end(input);
      });
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? 1, ...output };
    });
  }

  async runApart(
    image: string,
    argv: readonly string[],
    { input, user, memory, reads = [] }: Parameters<Docker['runApart']>[2],
  ): Promise<ExecResult> {
    const mounts = reads.flatMap(({ directory, mount }) => [
      '--mount',
      `type=bind,source=${directory},target=${mount},readonly`,
    ]);
    const { exitCode, stdout, stderr } = await execa(
      'docker',
      [...['run', '--rm', '--interactive', ...confined(user, memory)], ...mounts, image, ...argv],
      { ...OWN_GROUP, cancelSignal: this.#signal, input, reject: false },
    );
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  async runBeside(
    image: string,
    argv: readonly string[],
    { name, user, memory, volumes, watch }: Parameters<Docker['runBeside']>[2],
  ): Promise<ExecResult> {
    await execa('docker', ['rm', '--force', '--volumes', name], { ...OWN_GROUP, reject: false });
    const mounts = volumes.flatMap(({ name: source, mount, readOnly }) => [
      '--mount',
      `type=volume,source=${source},target=${mount}${readOnly ? ',readonly' : ''}`,
    ]);
    const run = execa(
      'docker',
      [
        ...['run', '--rm', '--name', name, '--network', 'none', ...confined(user, memory)],
        ...mounts,
        image,
        ...argv,
      ],
      { ...OWN_GROUP, cancelSignal: this.#signal, reject: false },
    );
    run.stdout.on('data', (piece: Buffer) => {
      watch(piece.toString('utf8'));
    });
    const { exitCode, stdout, stderr } = await run;
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  keptLines(id: string, window: KeptWindow): Promise<AsyncIterable<KeptLine>> {
    return readKept(this.#client, id, window, this.#signal);
  }

  execLines(id: string, argv: readonly string[]): Promise<ProgramLines> {
    return runForLines(this.#client, id, argv, this.#signal);
  }

  async logs(id: string, { tail }: LogOptions): Promise<string[]> {
    const found: string[] = [];
    for await (const { text } of await this.keptLines(id, { tail, follow: false }))
      if (text !== '') found.push(text);
    return found;
  }
}

/** What every container of this kind is denied; in these directories it writes to memory. */
function confined(user: string, memory: readonly string[]): string[] {
  const [uid = '0', gid = uid] = user.split(':');
  const owner = `uid=${uid},gid=${gid}`;
  return [
    ...['--pull', 'never', '--read-only', '--init'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true', '--user', user],
    // Owned, because runc up to 1.1.5 gives a tmpfs the mode of the directory it covers.
    ...memory.flatMap((directory) => ['--tmpfs', `${directory}:mode=0700,${owner}`]),
  ];
}

/** `name@sha256:…` of each registry the image was pulled from or pushed to. */
function digestOf(names: readonly string[] | null): { digest?: string } {
  const digest = names?.[0]?.split('@')[1];
  return digest === undefined ? {} : { digest };
}

/** Only the migrations say it, and older ones say nothing. */
function releaseOf(labels: Readonly<Record<string, string>> | null | undefined): {
  release?: string;
} {
  const release = labels?.[RELEASE_LABEL];
  return release === undefined ? {} : { release };
}

function readHealth(status: string | undefined): ObservedContainer['health'] {
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : 'none';
}
