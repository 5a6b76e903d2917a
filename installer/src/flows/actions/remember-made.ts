import { NOTHING_MADE, type Made } from '../../model/footprint.ts';
import { readJson } from '../read-json.ts';
import type { ActionContext } from './action-context.ts';

/** Before containers are made: from here on volumes of the project are this directory's. */
export function rememberProject(context: ActionContext): Promise<void> {
  return remember(context, (made) =>
    made.project === context.project ? made : { ...made, project: context.project },
  );
}

/** Images that were not on the host, by reference; the id is empty until they are there. */
export function rememberImages(
  images: Readonly<Record<string, string>>,
  context: ActionContext,
): Promise<void> {
  return remember(context, (made) => ({ ...made, images: { ...made.images, ...images } }));
}

function remember(
  { ports, paths, serially }: ActionContext,
  change: (made: Made) => Made,
): Promise<void> {
  return serially(async () => {
    const made = (await readJson<Made>(paths.made, ports.files)) ?? NOTHING_MADE;
    const next = change(made);
    if (next === made) return;
    await ports.files.write(paths.made, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o644 });
  });
}
