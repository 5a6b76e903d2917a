import { parse } from 'yaml';
import { fail, pass, type CheckResult } from '../../model/check-result.ts';
import { updateManifest } from '../../model/updates/manifest.ts';
import { ERROR_BODIES } from '../../model/updates/protocol.ts';
import type { UpdatesAnswer } from '../facts.ts';

const LOGS = 'Look at it: factsway-install logs updates   and at the proxy: logs edge';

/** The mirror answers through the proxy; that it holds nothing yet is for somebody to know, and no failure. */
export function analyseUpdates({ url, status, body, error }: UpdatesAnswer): CheckResult {
  if (status === 200) {
    const read = updateManifest.safeParse(textOf(body, parse));
    return read.success
      ? pass('updates', `${url} offers ${read.data.version}`)
      : fail('updates', `${url} is no manifest`, 'Copy it again: factsway-install release mirror');
  }
  const told = textOf(body, JSON.parse) as { code?: unknown } | null | undefined;
  if (status === 404 && told?.code === ERROR_BODIES.manifestNotFound.code)
    return {
      name: 'updates',
      status: 'warn',
      found: 'the mirror of desktop updates answers, and has nothing to offer yet',
      remedy: 'Fill it: factsway-install release mirror --from ADDRESS',
    };
  return fail('updates', `${url}: ${error === '' ? `answers ${status}` : error}`, LOGS);
}

function textOf(text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
