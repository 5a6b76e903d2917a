import {
  EDGE_AUTHORITY,
  EDGE_ROOT_CERTIFICATE,
  EDGE_SIGNED,
} from '../../catalog/components/edge.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { AUTHORITY_FILES } from '../backups/edge-authority.ts';
import { findContainers, type ActionContext } from './action-context.ts';

const PATIENCE_SECONDS = 30;

/**
 * Gives the edge of a new server the authority of the lost one: it made one of its own when it started, so that goes,
 * with what was signed by it, and it starts again. Done once more after it was cut off. Throws FW-NOT-HEALTHY.
 */
export async function bringAuthority(
  { service }: ActionOf<'BringAuthority'>,
  context: ActionContext,
): Promise<void> {
  const { docker, files, clock, signal } = context.ports;
  const { paths } = context;
  const certificate = await files.readText(paths.file(AUTHORITY_FILES.certificate));
  const key = await files.readText(paths.file(AUTHORITY_FILES.key));
  const [container] = await findContainers(context, [service]);
  if (certificate === undefined || key === undefined || !container) return;
  const inEdge = async (argv: readonly string[], input?: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await docker.exec(container.id, argv, input);
    if (exitCode !== 0) throw notTaken(service, stderr);
    return stdout;
  };
  for (const [name, text] of [
    ['root.key', key],
    ['root.crt', certificate],
  ] as const)
    await inEdge(
      [
        'sh',
        '-c',
        'umask 077 && cat > "$1.new" && mv "$1.new" "$1"',
        'sh',
        `${EDGE_AUTHORITY}/${name}`,
      ],
      text,
    );
  await inEdge([
    ...['rm', '-r', '-f', `${EDGE_AUTHORITY}/intermediate.crt`],
    ...[`${EDGE_AUTHORITY}/intermediate.key`, EDGE_SIGNED],
  ]);
  await docker.stop(container.id);
  await docker.start(container.id);
  for (let second = 0; ; second += 1) {
    const [now] = await findContainers(context, [service]);
    if (now?.health === 'healthy') break;
    if (second > PATIENCE_SECONDS) throw notTaken(service, `it is ${now?.health ?? 'gone'}`);
    await clock.sleep(1000, signal);
  }
  if ((await inEdge(['cat', EDGE_ROOT_CERTIFICATE])) !== certificate)
    throw notTaken(service, 'it made another one');
  await files.write(paths.rootCertificate, certificate, { mode: 0o644 });
  await files.remove(paths.file(AUTHORITY_FILES.key));
  await files.remove(paths.file(AUTHORITY_FILES.certificate));
}

const notTaken = (service: string, why: string): FactswayError =>
  new FactswayError(
    'FW-NOT-HEALTHY',
    `${service} did not take the certificate authority of the lost server.`,
    `See its log: factsway-install logs ${service}   then run the command again.`,
    [why],
  );
