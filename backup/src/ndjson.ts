import type { Problem } from './problem.ts';

/** Says what is going on; done and total are bytes. */
export type Tell = (message: string, done?: number, total?: number) => void;

// Whoever reads may be gone (docker exec was cut off); the command goes on to its end all the same.
process.stdout.on('error', () => undefined);

function line(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

export const tell: Tell = (message, done, total) => {
  line({
    event: 'progress',
    message,
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  });
};

export function tellResult(result: unknown): void {
  line({ event: 'result', result });
}

export function tellProblem(problem: Problem, stream: 'stdout' | 'stderr' = 'stdout'): void {
  process[stream].write(`${JSON.stringify({ event: 'error', ...problem.report() })}\n`);
}

/** A line of the daemon's own log. */
export function log(level: 'info' | 'warn' | 'error', message: string, more: object = {}): void {
  process.stderr.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, message, ...more })}\n`,
  );
}
