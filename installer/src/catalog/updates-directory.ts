import { UPDATES_DIRECTORY } from '../model/updates/places.ts';
import type { CatalogContext } from './context.ts';

type View = Pick<CatalogContext, 'config' | 'directory'>;

/** Where the files of the mirror are on this server, absolute. */
export const updatesDirectory = ({ config, directory }: View): string =>
  config.updates.directory ?? `${directory}/${UPDATES_DIRECTORY}`;
