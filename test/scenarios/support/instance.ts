import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli, cliJson, ROOT, type JsonDocument, type Run } from './cli.ts';
import { containerId, removeProject } from './docker.ts';

/** Every character that has ever broken a configuration file, with a backslash before an n. */
export const TORTURE = String.raw`$:{}"'#\n%&é` + '\\';
/** The same around a real line break. */
export const TORTURE_NEWLINE = `${TORTURE}\n${TORTURE}x`;

/** From here on Linux gives ports to connections that begin (net.ipv4.ip_local_port_range). */
const EPHEMERAL = 32_768;

/** One installation of its own: directory, project name and ports. */
export class Instance {
  readonly project: string;
  readonly directory: string;
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly prometheus: number;
    readonly alertmanager: number;
  };

  readonly #settings: Readonly<Record<string, string | number>>;

  /** `settings` differ from what an installation has by itself, in every command that gives any. */
  constructor(
    project: string,
    basePort: number,
    settings: Readonly<Record<string, string | number>> = {},
  ) {
    if (basePort + 3 >= EPHEMERAL)
      throw new Error(`${basePort}: any connection of this machine may have that port for a while`);
    this.project = project;
    this.#settings = settings;
    this.directory = join(ROOT, 'build/scenarios', project);
    this.ports = {
      http: basePort,
      https: basePort + 1,
      prometheus: basePort + 2,
      alertmanager: basePort + 3,
    };
  }

  get url(): string {
    return `https://localhost:${this.ports.https}`;
  }

  file(path: string): string {
    return join(this.directory, path);
  }

  /** `--dir` and the settings every scenario needs. */
  arguments(settings: Record<string, string | number> = {}): string[] {
    const all = {
      project: this.project,
      'host.name': 'localhost',
      'host.memory': '8GiB',
      'host.cores': 2,
      'edge.bind': '127.0.0.1',
      'edge.httpPort': this.ports.http,
      'edge.httpsPort': this.ports.https,
      'images.source': 'debian',
      'monitoring.prometheusPort': this.ports.prometheus,
      'monitoring.alertmanagerPort': this.ports.alertmanager,
      ...this.#settings,
      ...settings,
    };
    return [
      '--dir',
      this.directory,
      ...Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ];
  }

  install(
    settings: Record<string, string | number> = {},
    more: string[] = [],
  ): Promise<JsonDocument & { exitCode: number }> {
    return cliJson(['install', '--yes', ...this.arguments(settings), ...more]);
  }

  run(command: string, ...argv: string[]): Promise<Run> {
    return cli([command, '--dir', this.directory, ...argv]);
  }

  runJson(command: string, ...argv: string[]): Promise<JsonDocument & { exitCode: number }> {
    return cliJson([command, '--dir', this.directory, ...argv]);
  }

  /** Puts a secret there before the first rendering, as an administrator with a password of their own would. */
  async presetSecret(name: string, value: string): Promise<void> {
    await mkdir(this.file('secrets'), { recursive: true, mode: 0o700 });
    await writeFile(this.file(`secrets/${name}`), `${value}\n`, { mode: 0o600 });
  }

  /** The customer's own file: quicker verdicts about what never becomes healthy, and further services' settings. */
  async override(yaml: string): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(this.file('compose.override.yaml'), yaml);
  }

  /** The slot that is on record as the one that serves; the first one where none does yet. */
  async servingSlot(): Promise<'a' | 'b'> {
    const text = await readFile(this.file('state/release.json'), 'utf8').catch(() => '{}');
    return (JSON.parse(text) as { slot?: 'a' | 'b' }).slot ?? 'a';
  }

  /** The slot that a change of services would make. */
  async nextSlot(): Promise<'a' | 'b'> {
    return (await this.servingSlot()) === 'a' ? 'b' : 'a';
  }

  /** What Compose calls the service that serves: `serving('facts-service')` is `facts-service-b` after a switch. */
  async serving(name: string): Promise<string> {
    return `${name}-${await this.servingSlot()}`;
  }

  /** Container id of the service that serves. Throws where there is none. */
  async servingId(name: string): Promise<string> {
    return containerId(this.project, await this.serving(name));
  }

  /** Leaves nothing of it on the machine. */
  async remove(): Promise<void> {
    await removeProject(this.project);
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Copies the directory to test/.artefacts for whoever has to find out what went wrong. */
  async keep(): Promise<void> {
    // A scenario may end with its removal.
    if (!existsSync(this.directory)) return;
    await cp(this.directory, join(ROOT, 'test/.artefacts', this.project), {
      recursive: true,
      filter: (path) => !path.includes('/secrets'),
    });
  }
}

/** Nobody works with these, so nothing is long drained. */
const QUIET = { 'services.drainSeconds': 2 };
/** The system most scenarios share; made once by shared-system.ts. */
export const SHARED = new Instance('factsway-shared', 18080, QUIET);
/** For scenarios that break an installation: made and removed by each. */
export const SCRATCH = new Instance('factsway-scratch', 28080, QUIET);
