import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scenarios/support/cli.ts';
import { docker, dockerTry, until } from '../../scenarios/support/docker.ts';

const DOCKERFILE = `FROM factsway/node:debian-13
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-moto python3-flask python3-flask-cors
`;

export type S3Server = { readonly endpoint: string; remove(): Promise<void> };

/** moto, an S3 service for tests; what is in it is gone with it. `name` of its container and image. */
export async function startS3(name: string, port: number): Promise<S3Server> {
  const directory = join(ROOT, 'build/scenarios', name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'Dockerfile'), DOCKERFILE);
  await execa('docker', ['build', '--tag', name, directory], { stdin: 'ignore' });
  await dockerTry('rm', '--force', name);
  await docker(
    ...['run', '--detach', '--name', name, '--network', 'host', name],
    ...['python3', '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
  );
  const endpoint = `http://127.0.0.1:${port}`;
  await until('the S3 service', 60, async () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    ),
  );
  return {
    endpoint,
    async remove() {
      await dockerTry('rm', '--force', name);
      await dockerTry('image', 'rm', name);
    },
  };
}
