import type { UpdatesAnswer } from '../facts.ts';
import { publicUrl } from '../../catalog/public-url.ts';
import { manifestName, type Channel } from '../../model/updates/protocol.ts';
import { UPDATES_PATH } from '../../model/updates/places.ts';
import { localAddress } from './edge-answers.ts';
import { collectEdgeTrust } from './edge-trust.ts';
import type { InstanceView } from './instance-view.ts';

const USUAL: Channel = 'latest';

/** What a desktop app on Windows, the most of them, is told at its start. */
export async function collectUpdatesAnswer(view: InstanceView): Promise<UpdatesAnswer> {
  const { config } = view.catalog.context;
  const url = `${publicUrl(config)}${UPDATES_PATH}/${manifestName(USUAL, 'windows')}`;
  const trust = await collectEdgeTrust({ ...view, files: view.ports.files });
  try {
    const { status, body } = await view.ports.http.request({
      url,
      connectTo: localAddress(config.edge.bind),
      ...trust.options,
    });
    return { url, status, body, error: '' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { url, status: 0, body: '', error: message };
  }
}
