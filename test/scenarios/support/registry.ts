import { execa } from 'execa';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './cli.ts';
import { docker, dockerTry, until } from './docker.ts';

const DIRECTORY = join(ROOT, 'build/scenarios/registry');
const USER = 'firm';
const PASSWORD = 'only-for-this-test';

/** A real registry on loopback, from Debian's package of it, that lets nobody in without a login. */
export class TestRegistry {
  readonly host: string;
  #process: ChildProcess | undefined;
  readonly #pushed: string[] = [];

  constructor(port: number) {
    this.host = `127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    await rm(DIRECTORY, { recursive: true, force: true });
    await mkdir(join(DIRECTORY, 'login'), { recursive: true });
    // Unpacked and not installed: nothing of it stays on this machine.
    await execa('apt-get', ['download', 'docker-registry'], { cwd: DIRECTORY });
    await execa('sh', ['-c', 'dpkg-deb -x docker-registry_*.deb .'], { cwd: DIRECTORY });
    const salt = '$2b$05$abcdefghijklmnopqrstuu';
    const { stdout: hash } = await execa('perl', [
      '-e',
      'print crypt($ARGV[0], $ARGV[1])',
      PASSWORD,
      salt,
    ]);
    await writeFile(join(DIRECTORY, 'htpasswd'), `${USER}:${hash}\n`);
    const config = {
      version: 0.1,
      log: { level: 'error' },
      storage: {
        filesystem: { rootdirectory: join(DIRECTORY, 'data') },
        delete: { enabled: true },
      },
      http: { addr: this.host },
      auth: { htpasswd: { realm: 'firm', path: join(DIRECTORY, 'htpasswd') } },
    };
    await writeFile(join(DIRECTORY, 'config.yml'), JSON.stringify(config));
    this.#process = spawn(
      join(DIRECTORY, 'usr/bin/docker-registry'),
      ['serve', join(DIRECTORY, 'config.yml')],
      { stdio: 'ignore' },
    );
    await until('the registry answers', 30, () =>
      fetch(`http://${this.host}/v2/`).then(
        ({ status }) => status === 401,
        () => false,
      ),
    );
  }

  /** Where this test keeps its login, apart from that of the machine. */
  readonly loginDirectory = join(DIRECTORY, 'login');

  async login(): Promise<void> {
    await execa(
      'docker',
      ['--config', this.loginDirectory, 'login', '--username', USER, '--password-stdin', this.host],
      { input: PASSWORD },
    );
  }

  /** Gives an image of this host to the registry under a name; its digest there. The name here is taken away again. */
  async push(image: string, name: string): Promise<string> {
    const reference = `${this.host}/${name}`;
    await docker('tag', image, reference);
    const output = await docker('--config', this.loginDirectory, 'push', reference);
    await docker('image', 'rm', reference);
    const digest = /digest: (sha256:[a-f0-9]{64})/.exec(output)?.[1];
    if (digest === undefined) throw new Error(output);
    this.#pushed.push(`${reference}@${digest}`);
    return digest;
  }

  async stop(): Promise<void> {
    for (const reference of this.#pushed) await dockerTry('image', 'rm', '--force', reference);
    this.#process?.kill();
    await rm(DIRECTORY, { recursive: true, force: true });
  }
}
