import { imageLockText } from '../../config/image-lock.ts';
import { LOCK_FILE } from '../../model/image-lock.ts';
import type { ActionOf } from '../../model/plan.ts';
import type { ActionContext } from './action-context.ts';

export async function writeImageLock(
  action: ActionOf<'WriteImageLock'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  await ports.files.write(paths.file(LOCK_FILE), imageLockText(action.images), { mode: 0o644 });
}

export async function removeImageLock(
  _: ActionOf<'RemoveImageLock'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  await ports.files.remove(paths.file(LOCK_FILE));
}
