import Docker from 'dockerode';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from './instance.ts';

/** A name of a place, and all the text that was seen there. */
export type Places = Map<string, string>;

const EVERY_MS = 40;
const BETWEEN = '\n';

/** A value as it is, and as JSON, addresses, headers and environments would carry it. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ]),
  ];
}

/** Places that hold one of the values, with the name of the secret; never the value. */
export function leaksOf(values: ReadonlyMap<string, string>, places: Places): string[] {
  const forms = [...values].map(([value, name]) => ({ name, forms: formsOf(value) }));
  return [...places].flatMap(([place, text]) =>
    forms
      .filter((secret) => secret.forms.some((form) => text.includes(form)))
      .map(({ name }) => `${name} in ${place}`),
  );
}

/** Adds the values of all secrets that an installation has now, those of a rotation under way included. */
export async function collectSecrets(
  instance: Instance,
  values: Map<string, string>,
): Promise<void> {
  const root = instance.file('secrets');
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => '');
    const value = text.replace(/\n$/, '');
    if (value !== '') values.set(value, entry.name);
  }
}

/** Every file of an installation but its secrets. */
export async function filesOf(instance: Instance): Promise<Places> {
  const places: Places = new Map();
  const entries = await readdir(instance.directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(instance.file('secrets/'))) continue;
    places.set(path, await readFile(path, 'utf8'));
  }
  return places;
}

/**
 * Looks, for as long as it is open, at what anybody on the machine could: the arguments and environment of every process
 * (from /proc: a bare system has no `ps`), and what `docker inspect` and `docker logs` say of every container that is made,
 * those included that are gone after a second. Also collects the secrets of the installation as they come and go.
 */
export class SecretWatch {
  readonly places: Places = new Map();
  readonly values = new Map<string, string>();
  readonly #engine = new Docker();
  readonly #instance: Instance;
  readonly #seen = new Set<string>();
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();
  #events: NodeJS.ReadableStream | undefined;

  private constructor(instance: Instance) {
    this.#instance = instance;
  }

  static async begin(instance: Instance): Promise<SecretWatch> {
    const watch = new SecretWatch(instance);
    watch.#events = await watch.#engine.getEvents({
      filters: { type: ['container'], event: ['create'] },
    });
    watch.#events.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n'))
        if (line !== '') void watch.#follow((JSON.parse(line) as { id: string }).id);
    });
    watch.#looking = watch.#look();
    return watch;
  }

  /** How much there was to see: containers, and different processes. */
  get seen(): { containers: number; processes: number } {
    return {
      containers: [...this.places.keys()].filter((name) => name.startsWith('inspect ')).length,
      processes: this.#seen.size,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
    (this.#events as { destroy?: () => void } | undefined)?.destroy?.();
  }

  #add(place: string, text: string): void {
    this.places.set(place, `${this.places.get(place) ?? ''}${BETWEEN}${text}`);
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      await Promise.all(pids.map((pid) => this.#process(pid)));
      await collectSecrets(this.#instance, this.values);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async #process(pid: string): Promise<void> {
    for (const part of ['cmdline', 'environ']) {
      const text = await readFile(`/proc/${pid}/${part}`, 'utf8').catch(() => '');
      // A process may become another program, and keeps its number.
      const key = `${part} ${text}`;
      if (text === '' || this.#seen.has(key)) continue;
      this.#seen.add(key);
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'one that has ended');
      this.#add(`${part} of ${name.trim()}`, text.replaceAll('\0', ' '));
    }
  }

  /** What a container is made of, and all it says until it ends or the watch does. */
  async #follow(id: string): Promise<void> {
    const container = this.#engine.getContainer(id);
    try {
      const found = await container.inspect();
      this.#add(`inspect ${found.Name}`, JSON.stringify(found));
      const said = await container.logs({ follow: true, stdout: true, stderr: true });
      said.on('data', (chunk: Buffer) => {
        this.#add(`logs ${found.Name}`, chunk.toString('utf8'));
      });
      said.on('error', () => undefined);
    } catch {
      // Made and removed before anybody could ask.
    }
  }
}
