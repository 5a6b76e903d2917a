import { EDGE, EDGE_AUTHORITY } from '../../catalog/components/edge.ts';
import type { InstanceCopy } from '../../model/instance-copy.ts';
import type { Docker } from '../../ports/docker.ts';

/** Below the instance directory, on a server that is being built anew and no other: certificate and key of the authority. */
export const AUTHORITY_FILES = {
  certificate: 'state/authority/root.crt',
  key: 'state/authority/root.key',
};

/**
 * The edge's own authority as files of a copy. Every browser of the firm trusts it, and with a new one nobody gets in
 * until that is handed out; it lives in a volume that nothing else needs. Empty where the edge has none, or does not
 * run. The key passes through memory alone.
 */
export async function readAuthority(
  project: string,
  docker: Pick<Docker, 'containers' | 'exec'>,
): Promise<InstanceCopy['files']> {
  const edge = (await docker.containers(project)).find(({ service }) => service === EDGE);
  if (edge?.state !== 'running') return [];
  const read = async (name: string) => docker.exec(edge.id, ['cat', `${EDGE_AUTHORITY}/${name}`]);
  const [certificate, key] = [await read('root.crt'), await read('root.key')];
  if (certificate.exitCode !== 0 || key.exitCode !== 0) return [];
  const file = (path: string, text: string) => ({
    path,
    mode: 0o600,
    uid: 0,
    gid: 0,
    content: Buffer.from(text).toString('base64'),
  });
  return [
    file(AUTHORITY_FILES.certificate, certificate.stdout),
    file(AUTHORITY_FILES.key, key.stdout),
  ];
}
