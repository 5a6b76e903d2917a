import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { interruptedChange } from '../journal.ts';
import { instancePaths } from '../paths.ts';
import { status } from '../status.ts';

export type Standing = {
  readonly lines: string[];
  readonly healthy: boolean;
  /**
   * What was begun and not finished. Until an installation went through, all parts may run and yet nothing serve; a
   * change may wait for no more than a reload.
   */
  readonly unfinished: 'installation' | 'change' | undefined;
};

/** How an existing instance is doing, in a few lines; what cannot be found out is one of them. */
export async function standing(directory: string, ports: Ports): Promise<Standing> {
  try {
    const { release, url, components, healthy } = await status(directory, ports);
    const bad = components.filter(({ good }) => !good).map(({ service }) => service);
    if (release === null) {
      const up = `${components.length - bad.length} of its ${components.length} parts run so far.`;
      const lines = ['The installation has not been finished.', up];
      return { healthy, unfinished: 'installation', lines };
    }
    const cutOff = await interruptedChange(instancePaths(directory), ports.files);
    return {
      healthy,
      unfinished: cutOff === undefined ? undefined : 'change',
      lines: [
        `Release ${release}: ${url}`,
        healthy
          ? `All ${components.length} parts of it are running well.`
          : `${bad.length} of ${components.length} parts are not as they should be: ${bad.slice(0, 4).join(', ')}${bad.length > 4 ? ', …' : ''}`,
        ...(cutOff === undefined ? [] : [`The last change, begun at ${cutOff}, was interrupted.`]),
      ],
    };
  } catch (error) {
    // A broken factsway.yaml has to be mended first; Docker can be away for a while.
    if (!(error instanceof FactswayError) || error.code !== 'FW-DOCKER-UNREACHABLE') throw error;
    return { healthy: false, unfinished: undefined, lines: [error.message, `→ ${error.hint}`] };
  }
}
