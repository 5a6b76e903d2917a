import { join } from 'node:path';
import { neededAlertSecrets, type AlertSecretKind } from '../../catalog/alert-secrets.ts';
import { SECRETS } from '../../catalog/secrets.ts';
import { alertSecretState } from '../../model/alert-secret.ts';
import type { InstanceConfig } from '../../model/config.ts';
import type { SecretName } from '../../model/workload.ts';
import type { Files } from '../../ports/files.ts';
import type { Prompter } from '../../ports/prompter.ts';
import type { InstancePaths } from '../paths.ts';

type Kind = AlertSecretKind | 'access key';
type Needed = { readonly name: SecretName; readonly kind: Kind };

function neededSecrets(config: InstanceConfig): readonly Needed[] {
  const copiedAway = config.backup.mode === 'on' && config.backup.s3 !== undefined;
  const access = ['backup-s3-access-key-id', 'backup-s3-secret-access-key'] as const;
  return [
    ...neededAlertSecrets(config),
    ...(copiedAway ? access.map((name) => ({ name, kind: 'access key' as const })) : []),
  ];
}

/**
 * What only a person can know, typed before there is an installation to keep it. Until the plan is agreed to it waits
 * in a place of its own, and whoever plans finds it where it will be; then it is moved there, as the same file.
 */
export class TypedSecrets {
  readonly #paths: InstancePaths;
  readonly #files: Files;
  readonly #waiting = new Set<string>();
  #used = false;

  constructor(paths: InstancePaths, files: Files) {
    this.#paths = paths;
    this.#files = files;
  }

  /** Asks for each that is needed and not there. Nothing typed: whoever plans will say what is missing. */
  async ask(config: InstanceConfig, prompter: Prompter): Promise<void> {
    for (const { name, kind } of neededSecrets(config)) {
      const there = await this.seen.readText(this.#paths.secret(name));
      if (there !== undefined && there.trim() !== '') continue;
      const typed = await prompter.text({
        title: titleOf(kind),
        lines: [
          `${SECRETS[name].purpose}.`,
          `It is kept in secrets/${name} and shown nowhere. Empty: you write that file yourself.`,
        ],
        suggestion: '',
        secret: true,
        back: false,
        check: (text) => problemOf(kind, text),
      });
      if (typed === undefined || typed.trim() === '') continue;
      await this.#files.write(this.#place(name), `${typed.trim()}\n`, { mode: 0o600 });
      this.#waiting.add(name);
      this.#used = true;
    }
  }

  /** The files as they will be. */
  get seen(): Files {
    const files = this.#files;
    const where = (path: string): string => {
      const name = [...this.#waiting].find((one) => path === this.#paths.secret(one));
      return name === undefined ? path : this.#place(name);
    };
    const own: Partial<Files> = {
      readText: (path) => files.readText(where(path)),
      exists: (path) => files.exists(where(path)),
      stat: (path) => files.stat(where(path)),
      list: async (directory) => {
        const names = await files.list(directory);
        const added = directory === this.#paths.secrets ? [...this.#waiting] : [];
        return [...new Set([...names, ...added])].sort();
      },
    };
    return new Proxy(files, {
      get: (target, key) => {
        const value: unknown = own[key as keyof Files] ?? Reflect.get(target, key, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
  }

  /** From here on they are the instance's. */
  async keep(): Promise<void> {
    if (this.#waiting.size === 0) return;
    await this.#files.makeDirectory(this.#paths.secrets, 0o700);
    for (const name of this.#waiting)
      await this.#files.rename(this.#place(name), this.#paths.secret(name));
    this.#waiting.clear();
  }

  /** Leaves none lying about, those of a run that was killed included. */
  async forget(): Promise<void> {
    const names = await this.#files.list(this.#directory);
    for (const name of names) await this.#files.remove(join(this.#directory, name));
    if (names.length > 0 || this.#used) await this.#files.removeDirectory(this.#directory);
    this.#waiting.clear();
  }

  get #directory(): string {
    return join(this.#paths.state, 'typed');
  }

  #place(name: string): string {
    return join(this.#directory, name);
  }
}

function titleOf(kind: Kind): string {
  switch (kind) {
    case 'address':
      return 'The address to send to';
    case 'routing key':
      return 'The integration key';
    case 'password':
      return 'The password of the mail server';
    case 'access key':
      return 'The access key of the S3 service';
  }
}

/** What can be said of it while it is typed; the rest of a sentence. It is never repeated. */
function problemOf(kind: Kind, text: string): string | undefined {
  const found = alertSecretState(text);
  if (kind !== 'address' || found.state !== 'text') return undefined;
  switch (found.form) {
    case 'https':
    case 'http-inside':
      return undefined;
    case 'none':
      return 'must be an address that begins with https://';
    case 'http-public':
      return 'must begin with https://: over the internet everybody could read along';
    case 'loopback':
      return 'must be an address under which other machines reach it: this one is a container';
  }
}
