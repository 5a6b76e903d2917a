import { chown, mkdir, rm, writeFile, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../../k8s/manifest.ts';
import { at, list, record, records, texts, word, type Json } from '../../../k8s/json.ts';
import { selects } from '../../../k8s/policy/read.ts';
import { docker, dockerTry, until } from './docker.ts';

/** Whether somebody listens there. */
const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });

/** Docker understands the first, Kubernetes writes the second. */
const bytes = (quantity: unknown): string => word(quantity).replace(/Mi$/, 'm').replace(/Gi$/, 'g');

/**
 * The part of a node that starts containers: takes the pods of built manifests at their word (user, mounts, limits,
 * environment, probes) and runs them on the Docker Engine here. Names of Services are aliases on one network; policies,
 * scheduling and autoscaling are a cluster's and not done.
 */
export class OneNode {
  readonly #name: string;
  readonly #work: string;
  readonly #secrets: string;
  readonly #tree: readonly Manifest[];

  /** `secrets` holds one file for each Secret, `work` is for the files of volumes. */
  constructor(name: string, tree: readonly Manifest[], secrets: string, work: string) {
    this.#name = name;
    this.#tree = tree;
    this.#secrets = secrets;
    this.#work = work;
  }

  async begin(): Promise<void> {
    await this.end();
    await docker('network', 'create', this.#name);
  }

  async end(): Promise<void> {
    const mine = ['--all', '--quiet', '--filter', `name=^${this.#name}-`];
    const ids = (await docker('ps', ...mine)).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids);
    const volumes = await docker('volume', 'ls', '--quiet', '--filter', `name=^${this.#name}-`);
    for (const volume of volumes.split('\n').filter((id) => id !== ''))
      await docker('volume', 'rm', volume);
    await dockerTry('network', 'rm', this.#name);
    await rm(this.#work, { recursive: true, force: true });
  }

  container(component: string): string {
    return `${this.#name}-${component}`;
  }

  /** Runs the containers that come first, one after the other, then starts the pod's own. */
  async start(kind: string, component: string): Promise<void> {
    const { pod, container } = await this.#pod(kind, component);
    for (const first of records(at(pod, 'spec.initContainers')))
      await this.#toTheEnd(component, first, pod);
    await docker(
      'run',
      '--detach',
      '--name',
      this.container(component),
      ...(await this.#arguments(component, container, pod)),
    );
  }

  /** A Job: its container, to the end. */
  async run(component: string): Promise<void> {
    const { pod, container } = await this.#pod('Job', component);
    await this.#toTheEnd(component, container, pod);
  }

  /** As the kubelet asks: the startup probe until it succeeds, then readiness. */
  async ready(kind: string, component: string, seconds = 60): Promise<void> {
    const { container } = await this.#pod(kind, component);
    const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((name) =>
      at(container, name),
    );
    for (const probe of probes)
      await until(`${component} passes ${JSON.stringify(probe)}`, seconds, () =>
        this.#passes(component, container, probe),
      );
  }

  async #passes(component: string, container: Json, probe: unknown): Promise<boolean> {
    const argv = texts(at(probe, 'exec.command'));
    if (argv.length > 0)
      return (await dockerTry('exec', this.container(component), ...argv)).exitCode === 0;
    const name = word(at(probe, 'httpGet.port')) || word(at(probe, 'tcpSocket.port'));
    const port = records(container['ports']).find((one) => one['name'] === name)?.['containerPort'];
    const template = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const address = await docker('inspect', '--format', template, this.container(component));
    const path = word(at(probe, 'httpGet.path'));
    if (path === '') return accepts(address, Number(port));
    const answer = await fetch(`http://${address}:${word(port)}${path}`).catch(() => undefined);
    return answer?.ok === true;
  }

  async #pod(kind: string, component: string): Promise<{ pod: Json; container: Json }> {
    const owner = this.#tree.find(
      (one) => one.kind === kind && one.metadata.labels?.['app.kubernetes.io/name'] === component,
    );
    const pod = record(at(owner, 'spec.template'));
    const [container] = records(at(pod, 'spec.containers'));
    if (!container) throw new Error(`the tree has no ${kind} of ${component}`);
    return Promise.resolve({ pod, container });
  }

  async #toTheEnd(component: string, container: Json, pod: Json): Promise<void> {
    const name = `${this.container(component)}-${word(container['name'])}`;
    await docker(
      'run',
      '--rm',
      '--name',
      name,
      ...(await this.#arguments(component, container, pod)),
    );
  }

  async #arguments(component: string, container: Json, pod: Json): Promise<string[]> {
    const security = record(at(pod, 'spec.securityContext'));
    const [uid, gid, group] = ['runAsUser', 'runAsGroup', 'fsGroup'].map((key) =>
      word(security[key]),
    );
    const [program, ...more] = texts(container['command']);
    const environment = records(container['env']).flatMap(({ name, value }) => [
      '--env',
      `${word(name)}=${word(value).replaceAll('$$(', '$(')}`,
    ]);
    const readOnly = at(container, 'securityContext.readOnlyRootFilesystem') === true;
    return [
      ...['--network', this.#name, ...this.#aliases(pod)],
      ...['--user', `${uid}:${gid}`, '--group-add', word(group)],
      ...[
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
        ...(readOnly ? ['--read-only'] : []),
      ],
      ...['--memory', bytes(at(container, 'resources.limits.memory'))],
      ...(await this.#mounts(component, container, pod)),
      ...environment,
      ...(program === undefined ? [] : ['--entrypoint', program]),
      word(container['image']),
      ...[...more, ...texts(container['args'])].map((text) => text.replaceAll('$$(', '$(')),
    ];
  }

  /** Names of the Services that choose the pod. */
  #aliases(pod: Json): string[] {
    const labels = record(at(pod, 'metadata.labels'));
    return this.#tree
      .filter(
        (one) =>
          one.kind === 'Service' && selects({ matchLabels: at(one, 'spec.selector') }, labels),
      )
      .flatMap(({ metadata }) => ['--network-alias', metadata.name]);
  }

  async #mounts(component: string, container: Json, pod: Json): Promise<string[]> {
    const group = Number(at(pod, 'spec.securityContext.fsGroup'));
    const found: string[] = [];
    // One after the other: two mounts may be of one volume.
    for (const { name, mountPath, subPath, readOnly } of records(container['volumeMounts'])) {
      const volume = records(at(pod, 'spec.volumes')).find((one) => one['name'] === name);
      const path = word(mountPath);
      if (!volume) {
        found.push('--volume', `${await this.#claim(component, group)}:${path}`);
      } else if (volume['emptyDir'] !== undefined) {
        const size = bytes(at(volume, 'emptyDir.sizeLimit'));
        found.push('--tmpfs', `${path}:size=${size},mode=2777,gid=${group}`);
      } else {
        const directory = await this.#files(component, volume, group);
        const source = subPath === undefined ? directory : join(directory, word(subPath));
        found.push('--volume', `${source}:${path}${readOnly === true ? ':ro' : ''}`);
      }
    }
    return found;
  }

  /** A volume as a storage class makes it: of root, with a lost+found, and open to the group of the pod. */
  async #claim(component: string, group: number): Promise<string> {
    const name = this.container(component);
    if ((await dockerTry('volume', 'inspect', name)).exitCode === 0) return name;
    await docker('volume', 'create', name);
    const prepare = `mkdir /new/lost+found && chown 0:${group} /new && chmod 2775 /new`;
    const as = ['--user', '0', '--entrypoint', '/bin/sh', '--volume', `${name}:/new`];
    await docker('run', '--rm', ...as, 'factsway/postgres:debian-13', '-c', prepare);
    return name;
  }

  /** Files of ConfigMaps and Secrets, with their modes, readable for the group of the pod. */
  async #files(component: string, volume: Json, group: number): Promise<string> {
    const directory = join(this.#work, component, word(volume['name']));
    const projected = record(volume['projected']);
    const alone = record(volume['configMap']);
    const sources =
      volume['projected'] === undefined ? [{ configMap: alone }] : records(projected['sources']);
    const usual = Number(projected['defaultMode'] ?? alone['defaultMode']);
    for (const source of sources)
      for (const { path, text, mode } of await this.#contents(source)) {
        const file = join(directory, path);
        await mkdir(dirname(file), { recursive: true });
        await rm(file, { force: true });
        await writeFile(file, text, { mode: mode ?? usual });
        await chown(file, 0, group);
      }
    return directory;
  }

  async #contents(source: Json): Promise<{ path: string; text: string; mode?: number }[]> {
    const secret = record(source['secret']);
    if (source['secret'] !== undefined) {
      const text = await readFile(join(this.#secrets, word(secret['name'])), 'utf8');
      return records(secret['items']).map(({ path }) => ({ path: word(path), text }));
    }
    const wanted = record(source['configMap']);
    const found = this.#tree.find(
      (one) => one.kind === 'ConfigMap' && one.metadata.name === wanted['name'],
    );
    const data = record(found?.['data']);
    const items: readonly Json[] =
      list(wanted['items']).length > 0
        ? records(wanted['items'])
        : Object.keys(data).map((key) => ({ key, path: key }));
    return items.map(({ key, path, mode }) => ({
      path: word(path),
      text: word(data[word(key)]),
      ...(mode === undefined ? {} : { mode: Number(mode) }),
    }));
  }
}
