import type { UpdateMirror } from '../../ports/update-mirror.ts';
import { lazily } from '../lazily.ts';

export const lazyUpdateMirror = (): UpdateMirror =>
  lazily<UpdateMirror>(
    ['source', 'store', 'pack', 'discardDirectory', 'locked'],
    async () => (await import('./update-mirror.ts')).updateMirror,
  );
