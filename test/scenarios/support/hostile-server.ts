import { chmod, symlink } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { COMPONENT_IMAGES } from '../../../installer/src/catalog/images.ts';
import { SERVICES } from '../../../installer/src/catalog/services/index.generated.ts';
import { docker } from './docker.ts';
import { put } from './hostile-files.ts';
import { SERVER, STAGE, type Row, type World } from './hostile.ts';
import { TestRegistry } from './registry.ts';
import { engineOf, registryAt } from './stubs.ts';

/** Every image of the platform as it is on this host: with source upstream no registry has to give any. */
const LOCAL_IMAGES = Object.fromEntries([
  ...Object.keys(COMPONENT_IMAGES)
    .filter((name) => name !== 'grafana')
    .map((name) => [`images.overrides.${name}`, `factsway/${name}:debian-13`]),
  ...['migrations', ...SERVICES.map(({ name }) => name)].map((name) => [
    `images.overrides.${name}`,
    `factsway/${name}:1.0.0`,
  ]),
  ['images.source', 'upstream'],
  ['monitoring.grafana', 'off'],
]) as Record<string, string>;

const DAY = 86_400;
const REGISTRY = new TestRegistry(28_590);
const SUBNET = '10.199.79.0/24';

const stop = (server: Server) => () =>
  new Promise((resolve) => {
    server.close(resolve);
  });
async function listen(server: Server, port = 0, address: string | undefined = '127.0.0.1') {
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return (server.address() as AddressInfo).port;
}
/** A server on loopback for as long as the row takes. */
const beside =
  (handler: RequestListener, world: (host: string) => World) => async (): Promise<World> => {
    const server = createServer(handler);
    const port = await listen(server);
    server.keepAliveTimeout = 1;
    return { ...world(`127.0.0.1:${port}`), undo: stop(server) };
  };
const engineAt =
  (url: (host: string) => string) =>
  (host: string): World => ({ environment: { DOCKER_HOST: url(host) } });
const registryOf = (host: string): World => ({
  more: ['--set', `images.registry=${host}/factsway`],
});
const dockerHost = (value: string) => () =>
  Promise.resolve({ environment: { DOCKER_HOST: value } });

/** A PATH on which `docker` is a script with these lines, or not there at all. */
const path = (docker?: string) => async (): Promise<World> => {
  await put('bin/.keep', '');
  for (const name of ['node', 'sh'])
    await symlink(name === 'node' ? process.execPath : '/bin/sh', join(STAGE, 'bin', name));
  if (docker !== undefined) await put('bin/docker', `#!/bin/sh\n${docker}\n`, 0o755);
  return { environment: { PATH: join(STAGE, 'bin') } };
};
const label = (name: string, value: string) => ['--label', `com.docker.compose.${name}=${value}`];
const volume = () =>
  docker(
    'volume',
    'create',
    ...label('project', SERVER.project),
    ...label('volume', 'postgres-data'),
    `${SERVER.project}_postgres-data`,
  );

/** What the server, its engine and the registries can be. */
export const SERVER_ROWS: readonly Row[] = [
  {
    is: 'a port that another program holds',
    code: 'FW-PORT-IN-USE',
    exit: 3,
    message: new RegExp(`Port ${SERVER.ports.https} .*pid ${process.pid}`),
    hint: /ss -ltnp .*--set edge\.httpsPort=PORT/,
    world: async () => {
      const server = createSocketServer();
      await listen(server, SERVER.ports.https);
      return { undo: stop(server) };
    },
  },
  {
    is: 'an address to listen on that another server has',
    code: 'FW-ADDRESS-ABSENT',
    exit: 3,
    message: /edge\.bind is 192\.0\.2\.1, which is no address of this server/,
    hint: /ip -br address .*--set edge\.bind=0\.0\.0\.0/,
    settings: { 'edge.bind': '192.0.2.1' },
  },
  {
    is: 'no docker command on the PATH',
    code: 'FW-COMPOSE-MISSING',
    exit: 3,
    message: /docker/,
    hint: /install/,
    world: path(),
  },
  {
    is: 'a docker command without its compose plugin',
    code: 'FW-COMPOSE-MISSING',
    exit: 3,
    message: /compose/i,
    hint: /sudo apt install docker-cli docker-compose/,
    world: path('echo "docker: \'compose\' is not a docker command." >&2; exit 1'),
  },
  {
    is: 'a compose plugin that is too old',
    code: 'FW-DOCKER-TOO-OLD',
    exit: 3,
    message: /Compose is 2\.10\.2; 2\.20 or newer/,
    hint: /docs\.docker\.com/,
    world: path('echo 2.10.2'),
  },
  {
    is: 'an engine that is too old',
    code: 'FW-DOCKER-TOO-OLD',
    exit: 3,
    message: /20\.10\.24; 25\.0 or newer/,
    hint: /docs\.docker\.com/,
    world: beside(
      engineOf('20.10.24'),
      engineAt((host) => `tcp://${host}`),
    ),
  },
  {
    is: 'no engine, but a socket of one',
    code: 'FW-DOCKER-UNREACHABLE',
    exit: 3,
    message: /No Docker Engine answers/,
    hint: /systemctl start docker/,
    world: dockerHost(`unix://${join(STAGE, 'nobody.sock')}`),
  },
  {
    is: 'a DOCKER_HOST nothing listens at',
    code: 'FW-DOCKER-UNREACHABLE',
    exit: 3,
    message: /No Docker Engine answers/,
    hint: /systemctl start docker/,
    world: dockerHost('tcp://127.0.0.1:1'),
  },
  {
    is: 'a DOCKER_HOST that is nonsense',
    code: 'FW-DOCKER-UNREACHABLE',
    exit: 3,
    message: /./,
    hint: /DOCKER_HOST|systemctl start docker/,
    world: dockerHost('banana://$(reboot)'),
  },
  {
    is: 'a socket of Docker this user may not use',
    code: 'FW-DOCKER-UNREACHABLE',
    exit: 3,
    message: /may not use the Docker socket/,
    hint: /usermod -aG docker/,
    boundByModes: true,
    world: async () => {
      const server = createSocketServer();
      const socket = join(STAGE, 'docker.sock');
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      await chmod(socket, 0o000);
      return { environment: { DOCKER_HOST: `unix://${socket}` }, undo: stop(server) };
    },
  },
  {
    is: 'an engine on another machine',
    code: 'FW-DOCKER-REMOTE',
    exit: 3,
    message: /another machine|0\.0\.0\.0/,
    hint: /unset DOCKER_HOST/,
    world: beside(
      engineOf('28.0.0'),
      engineAt((host) => `tcp://${host.replace('127.0.0.1', '0.0.0.0')}`),
    ),
  },
  {
    is: 'a Compose project of the same name from another directory',
    code: 'FW-PROJECT-FOREIGN',
    exit: 3,
    message: /factsway-hostile.*\/srv\/old/,
    hint: /--dir.*--set project=NAME/,
    world: async () => {
      // Its data is not ours either, and no secret of ours was lost.
      await volume();
      await docker(
        'create',
        '--name',
        `${SERVER.project}-other-1`,
        ...label('project', SERVER.project),
        ...label('project.working_dir', '/srv/old'),
        ...label('service', 'other'),
        'factsway/node:debian-13',
      );
      return undefined;
    },
  },
  {
    is: 'data whose secrets are gone',
    code: 'FW-SECRET-LOST',
    exit: 3,
    message: /secrets\/postgres-\w+-password is missing, but the volume/,
    hint: /from your backup/,
    world: async () => {
      await volume();
      return undefined;
    },
  },
  {
    is: 'a subnet that another network has',
    code: 'FW-NETWORK-COLLISION',
    exit: 3,
    message: /10\.199\.79\.0\/24/,
    hint: /network\.subnet|docker network rm/,
    settings: { 'network.subnet': SUBNET },
    world: async () => {
      const name = `${SERVER.project}-elsewhere`;
      await docker('network', 'create', '--subnet', SUBNET, name);
      return { undo: () => docker('network', 'rm', name) };
    },
  },
  {
    is: 'a registry that asks for a login',
    code: 'FW-REGISTRY-LOGIN',
    exit: 3,
    message: new RegExp(REGISTRY.host),
    hint: new RegExp(`docker login ${REGISTRY.host}`),
    settings: {
      ...LOCAL_IMAGES,
      'images.overrides.edge': `${REGISTRY.host}/factsway/edge:1`,
      'images.registry': `${REGISTRY.host}/factsway`,
    },
    world: async () => {
      await REGISTRY.start();
      return { undo: () => REGISTRY.stop() };
    },
  },
  {
    is: 'a registry nobody answers at',
    code: 'FW-REGISTRY-UNREACHABLE',
    exit: 3,
    message: /localhost:1/,
    hint: /./,
    settings: { ...LOCAL_IMAGES, 'images.overrides.edge': 'localhost:1/factsway/edge:1' },
  },
  {
    is: 'an image that is nowhere',
    code: 'FW-IMAGE-MISSING',
    exit: 3,
    message: /factsway-test\/not-there:1/,
    hint: /\.\/scripts\/images ensure/,
    settings: { 'images.overrides.edge': 'factsway-test/not-there:1' },
  },
  ...[-DAY, DAY].map((seconds): Row => ({
    is: `a clock a day ${seconds < 0 ? 'ahead' : 'behind'}`,
    code: 'FW-CLOCK-WRONG',
    exit: 3,
    message: /127\.0\.0\.1:\d+/,
    hint: /timedatectl set-ntp true/,
    settings: LOCAL_IMAGES,
    world: beside(registryAt(seconds), registryOf),
  })),
  {
    is: 'more cores than the server has',
    code: 'FW-CORES-TOO-FEW',
    exit: 3,
    message: /512/,
    hint: /--set host\.cores=/,
    settings: { 'host.cores': 512 },
  },
];
