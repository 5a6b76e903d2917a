import { execa, type ExecaError } from 'execa';
import { FactswayError } from '../model/errors.ts';
import type { ComposedService } from '../model/observed.ts';
import { shellWord } from '../model/shell.ts';
import type { Compose, ComposeRun } from '../ports/compose.ts';
import { readServices, reasonFirst } from './compose-output.ts';
import { INSTANCE_MARK } from './instance-mark.ts';
import { OWN_GROUP } from './own-group.ts';

/** Nothing but what the CLI needs: a variable of the caller's must never reach the interpolation of our files. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'XDG_RUNTIME_DIR',
  'TMPDIR',
  'LANG',
  'TERM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/** Where there are no Compose files, Compose goes by the labels. */
const WITHOUT_FILES = '/';

/** The `docker compose` plugin, always run in the instance directory with arguments as an array. */
export class ComposeCli implements Compose {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = Object.fromEntries(
      PASSED_ON.flatMap((name) =>
        environment[name] === undefined ? [] : [[name, environment[name]]],
      ),
    );
  }

  async version(): Promise<string> {
    const { exitCode, stdout } = await this.#docker(['compose', 'version', '--short'], '/');
    if (exitCode !== 0) throw missing();
    return stdout.trim().replace(/^v/, '');
  }

  async accepts(directory: string): Promise<boolean> {
    return (await this.#docker(['compose', 'config', '--quiet'], directory)).exitCode === 0;
  }

  config(directory: string): Promise<string> {
    return this.#must(directory, ['config', '--format', 'json'], 'docker compose config --quiet');
  }

  async read(directory: string): Promise<Record<string, ComposedService>> {
    const [hashes, config] = await Promise.all([
      this.#must(directory, ['config', '--hash', '*'], 'docker compose config --quiet'),
      this.config(directory),
    ]);
    return readServices(hashes, config);
  }

  async create(
    directory: string,
    services: readonly string[],
    { own = false, anew = false }: { readonly own?: boolean; readonly anew?: boolean } = {},
  ): Promise<void> {
    const images = own ? ['--pull', 'missing'] : ['--no-build', '--pull', 'never'];
    await this.#must(
      directory,
      ['up', '--no-start', ...(anew ? ['--force-recreate'] : []), ...images, ...services],
      'docker compose up --no-start',
      { [INSTANCE_MARK]: directory },
    );
  }

  async down(
    directory: string,
    project: string,
    { byLabels = false }: { readonly byLabels?: boolean } = {},
  ): Promise<void> {
    await this.#must(
      byLabels ? WITHOUT_FILES : directory,
      ['--project-name', project, 'down', '--remove-orphans'],
      `docker compose --project-name ${project} down`,
      { [INSTANCE_MARK]: directory },
    );
  }

  run(
    directory: string,
    service: string,
    argv: readonly string[],
    { works = false }: { readonly works?: boolean } = {},
  ): Promise<ComposeRun> {
    return this.#docker(
      [
        'compose',
        '--progress',
        'quiet',
        'run',
        '--rm',
        '--no-deps',
        '--no-TTY',
        '--quiet-pull',
        service,
        ...argv,
      ],
      directory,
      works ? { [INSTANCE_MARK]: directory } : {},
    );
  }

  /** What it printed; `byHand` shows the same to a person who types it. */
  async #must(
    directory: string,
    argv: readonly string[],
    byHand: string,
    mark: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    // Quiet: a run that is killed leaves Compose at work, and the first line it would then write to nobody would end
    // it in the middle of replacing containers.
    const { exitCode, stdout, stderr } = await this.#docker(
      ['compose', '--progress', 'quiet', ...argv],
      directory,
      mark,
    );
    if (exitCode === 0) return stdout;
    throw new FactswayError(
      'FW-COMPOSE-REFUSED',
      `${byHand} failed (exit code ${exitCode}).`,
      `See the lines below. The same by hand: cd ${shellWord(directory)} && ${byHand}`,
      reasonFirst(stderr),
    );
  }

  async #docker(
    argv: readonly string[],
    directory: string,
    mark: Readonly<Record<string, string>> = {},
  ): Promise<ComposeRun> {
    try {
      const { exitCode, stdout, stderr } = await execa('docker', argv, {
        ...OWN_GROUP,
        cwd: directory,
        env: { ...this.#environment, ...mark },
        extendEnv: false,
        stdin: 'ignore',
        reject: true,
      });
      return { exitCode: exitCode ?? 1, stdout, stderr };
    } catch (thrown) {
      const error = thrown as ExecaError<{ encoding: 'utf8' }>;
      if (error.code === 'ENOENT') throw missing();
      // Ctrl-C between the fork and the moment at which the child has a group of its own: docker never began.
      if (error.signal === 'SIGINT') throw interrupted();
      return {
        exitCode: error.exitCode ?? 1,
        stdout: error.stdout,
        stderr: error.stderr === '' ? error.shortMessage : error.stderr,
      };
    }
  }
}

function interrupted(): FactswayError {
  return new FactswayError(
    'FW-CANCELLED',
    'Interrupted before docker compose began.',
    'Run the same command again to continue.',
  );
}

function missing(): FactswayError {
  return new FactswayError(
    'FW-COMPOSE-MISSING',
    'The docker command or its compose plugin is not installed.',
    'Install both: https://docs.docker.com/engine/install/   (Debian: sudo apt install docker-cli docker-compose)',
  );
}
