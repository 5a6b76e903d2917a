import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is stored for Docker Hub carries this name. */
const HUB = 'https://index.docker.io/v1/';
const HELPER_MS = 5000;

type Proxies = Readonly<
  Record<string, { readonly httpProxy?: string; readonly httpsProxy?: string }>
>;
export type DockerConfig = {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string }>
  >;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly currentContext?: string;
  readonly proxies?: Proxies;
};
/** What the engine wants in X-Registry-Auth. */
export type RegistryLogin = {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
};

/** What `docker login` and `docker context use` write down; empty where there is no such file. */
export async function readDockerConfig(): Promise<DockerConfig> {
  const directory = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  try {
    const text = await readFile(join(directory, 'config.json'), 'utf8');
    return JSON.parse(text) as DockerConfig;
  } catch {
    return {};
  }
}

/** The login the docker command would use for a registry; undefined where none is stored. */
export async function findLogin(host: string): Promise<RegistryLogin | undefined> {
  const config = await readDockerConfig();
  const server = host === 'docker.io' ? HUB : host;
  const helper = config.credHelpers?.[server] ?? config.credsStore;
  if (helper !== undefined) return askHelper(helper, server);
  const stored = config.auths?.[server] ?? config.auths?.[`https://${server}`];
  if (stored?.identitytoken !== undefined)
    return { identitytoken: stored.identitytoken, serveraddress: server };
  if (stored?.auth === undefined || stored.auth === '') return undefined;
  const plain = Buffer.from(stored.auth, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return {
    username: plain.slice(0, colon),
    password: plain.slice(colon + 1),
    serveraddress: server,
  };
}

/** The protocol of docker-credential-helpers: the server on stdin, a JSON document on stdout. */
async function askHelper(helper: string, server: string): Promise<RegistryLogin | undefined> {
  const { exitCode, stdout } = await execa(`docker-credential-${helper}`, ['get'], {
    input: server,
    reject: false,
    timeout: HELPER_MS,
  });
  if (exitCode !== 0) return undefined;
  try {
    const { Username, Secret } = JSON.parse(stdout) as { Username?: string; Secret?: string };
    if (Username === undefined || Secret === undefined) return undefined;
    return Username === '<token>'
      ? { identitytoken: Secret, serveraddress: server }
      : { username: Username, password: Secret, serveraddress: server };
  } catch {
    return undefined;
  }
}
