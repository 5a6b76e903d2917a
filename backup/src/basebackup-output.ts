/** Where pg_basebackup says that a block is not what was written; its exit code says only that one is. */
const CHECKSUM =
  /checksum verification failed in file "([^"]+)", block (\d+)|file "([^"]+)" has a total of (\d+) checksum verification failures/;

/** Files with wrong checksums, from the messages of pg_basebackup in English, one entry per file. */
export function corruptFiles(stderr: string): { path: string; message: string }[] {
  const found = new Map<string, string>();
  for (const line of stderr.split('\n')) {
    const match = CHECKSUM.exec(line);
    if (match === null) continue;
    const [, file, block, summed, total] = match;
    if (file !== undefined && !found.has(file)) {
      found.set(file, `block ${block ?? ''} is not what was written`);
    }
    if (summed !== undefined) found.set(summed, `${total ?? ''} blocks are not what was written`);
  }
  return [...found].map(([path, message]) => ({ path, message }));
}
