import type { ActionOf } from '../../model/plan.ts';
import type { ActionContext } from './action-context.ts';

export async function removeVolumes(
  { project, names }: ActionOf<'RemoveVolumes'>,
  { ports }: ActionContext,
): Promise<void> {
  await ports.belongings.removeVolumes(project, names);
}

/** One after the other: images share layers, and the engine locks them. */
export async function removeImages(
  { references }: ActionOf<'RemoveImages'>,
  { ports }: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  for (const reference of references) {
    waiting(reference);
    await ports.belongings.removeImage(reference);
  }
}

/** In the order of the action: what tells the next run whose the rest is goes last. */
export async function removeFiles(
  { files: names, directories, copies }: ActionOf<'RemoveFiles'>,
  { ports: { files }, paths, run }: ActionContext,
): Promise<void> {
  for (const path of copies) {
    const text = await files.readText(paths.file(path));
    if (text !== undefined)
      await files.write(`${paths.edited}/${run}/${path}`, text, { mode: 0o644 });
  }
  for (const path of names) await files.remove(paths.file(path));
  // One that somebody else keeps something in stays.
  for (const path of directories) await files.removeDirectory(paths.file(path));
}
