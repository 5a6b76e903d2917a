import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAGE, type World } from './hostile.ts';

/** Puts a file on the stage, with the directories above it. */
export async function put(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(STAGE, path)), { recursive: true });
  await writeFile(join(STAGE, path), content, { mode });
}

/** An answers file with this content. */
export const answers = (content: string | Uint8Array) => async (): Promise<World> => {
  await put('answers.yaml', content);
  return { more: ['--answers', 'answers.yaml'] };
};
