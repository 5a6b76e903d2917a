import type { Files } from '../../../ports/files.ts';

export type Mount = { readonly point: string; readonly type: string; readonly readOnly: boolean };

/** Every mount of this process (proc(5), mountinfo); empty where there is no /proc. */
export async function readMounts(files: Files): Promise<Mount[]> {
  const text = (await files.readText('/proc/self/mountinfo').catch(() => undefined)) ?? '';
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , point, options = ''] = before.split(' ');
    const [type, , superOptions = ''] = after.split(' ');
    if (point === undefined || type === undefined || type === '') return [];
    const readOnly = [options, superOptions].some((list) => list.split(',').includes('ro'));
    return [{ point: unescaped(point), type, readOnly }];
  });
}

/** Spaces and the like stand in the file as three octal digits. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

/** The mount a path lies on; of several at one point the last hides the others. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.point.length > mount.point.length ? best : mount),
      undefined,
    );
}
