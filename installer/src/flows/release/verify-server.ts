import { analyseUpdateServer } from '../../checks/analysers/update-server.ts';
import { collectUpdateServer, type Asking } from '../../checks/collectors/update-server.ts';
import type { CheckResult } from '../../model/check-result.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';

/** The protocol of updates, row by row, against a live server. Throws FW-UPDATES-UNREACHABLE where nothing answers. */
export async function verifyServer(
  asking: Asking,
  ports: Pick<Ports, 'http' | 'releaseFiles'>,
): Promise<CheckResult[]> {
  const facts = await collectUpdateServer(
    { ...asking, url: asking.url.replace(/\/+$/, '') },
    ports,
  );
  const first = facts.manifests.find(({ answer }) => 'failed' in answer)?.answer;
  if (first && 'failed' in first && facts.manifests.every(({ answer }) => 'failed' in answer))
    throw new FactswayError(
      'FW-UPDATES-UNREACHABLE',
      `${facts.url} does not answer: ${first.failed}.`,
      `Ask it by hand: curl -v ${facts.url}/latest.yml`,
    );
  return analyseUpdateServer(facts);
}
