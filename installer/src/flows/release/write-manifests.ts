import { FactswayError } from '../../model/errors.ts';
import { CACHE_CONTROL, CONTENT_TYPES } from '../../model/updates/protocol.ts';
import type { ManifestWrite } from '../../planner/plan-promotion.ts';
import type { Needed, Server } from './server.ts';

const SEEN_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 1000;

/**
 * Makes manifests live, one after the other, each only if it still is what was looked at. What is served is at any
 * moment the old or the new one of each system. Throws FW-RELEASE-RACE with what had been written until then.
 */
export async function writeManifests(
  writes: readonly ManifestWrite[],
  server: Server,
  ports: Needed,
  beforeEach: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const done: string[] = [];
  for (const { name, text, etag, after } of writes) {
    await beforeEach();
    const rules = {
      contentType: CONTENT_TYPES.manifest,
      cacheControl: CACHE_CONTROL.manifest,
      condition: etag === undefined ? { absent: true as const } : { etag },
    };
    if ((await ports.objects.writeText(server.place, name, text, rules)) === undefined)
      throw new FactswayError(
        'FW-RELEASE-RACE',
        `${name} was changed by somebody else since it was looked at; ${done.length === 0 ? 'nothing was changed by this run' : `this run had written ${done.join(', ')}`}.`,
        'See what is live, and by whom: factsway-install release list --audit',
      );
    done.push(name);
    ports.reporter.note(
      `${name}: ${after.version}${after.percent === 100 ? '' : `, for ${after.percent} %`}.`,
    );
  }
}

/**
 * Has the distribution forget manifests and reads each back where clients ask for it, until it is what the bucket holds.
 * Throws FW-UPDATES-CDN, FW-RELEASE-UNSEEN.
 */
export async function showManifests(
  expected: readonly { readonly name: string; readonly text: string }[],
  server: Server,
  ports: Needed,
): Promise<void> {
  const { distribution, url } = server.settings;
  if (expected.length === 0) return;
  if (distribution !== undefined)
    await ports.cdn.invalidate(
      distribution,
      expected.map(({ name }) => `/${name}`),
      ports.random.id(),
    );
  const until = ports.clock.monotonicMs() + SEEN_WITHIN_MS;
  for (const { name, text } of expected) {
    for (
      let seen = await shown(`${url}/${name}`, ports);
      seen !== text;
      seen = await shown(`${url}/${name}`, ports)
    ) {
      if (ports.clock.monotonicMs() > until) throw unseen(`${url}/${name}`, seen);
      ports.reporter.gateWaiting(name, 'written; waiting until clients see it');
      await ports.clock.sleep(LOOK_EVERY_MS, ports.signal);
    }
  }
}

async function shown(url: string, { http }: Needed): Promise<string> {
  try {
    const { status, body } = await http.request({ url });
    return status === 200 ? body : `answer ${status}`;
  } catch (error) {
    return (error as Error).message;
  }
}

const unseen = (address: string, seen: string): FactswayError =>
  new FactswayError(
    'FW-RELEASE-UNSEEN',
    `The bucket holds the new manifests, and ${address} does not show them after ${SEEN_WITHIN_MS / 1000} s (${seen.length > 60 ? 'an older one' : seen}).`,
    'Ask the server what is wrong: factsway-install release verify URL   The same command again looks once more.',
  );
