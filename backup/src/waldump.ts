const COMMIT = /desc: COMMIT(?:_PREPARED)? .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC/;

/** Time of the last commit in the output of `pg_waldump --rmgr=Transaction` (with TZ=UTC). */
export function lastCommit(output: string): Date | null {
  let last: Date | null = null;
  for (const line of output.split('\n')) {
    const text = COMMIT.exec(line)?.[1];
    if (text !== undefined) last = new Date(`${text.slice(0, 23).replace(' ', 'T')}Z`);
  }
  return last;
}
