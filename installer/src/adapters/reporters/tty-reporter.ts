import { createLogUpdate } from 'log-update';
import { createColors } from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import type { Step } from '../../model/plan.ts';
import { formatStep, planLines, shortAction } from '../../model/plan-text.ts';
import { formatDuration } from '../../model/units.ts';
import type { Reporter } from '../../ports/reporter.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** A live display on a terminal: finished steps stay as lines, running ones turn below them. */
export function ttyReporter(
  stream: NodeJS.WriteStream,
  color: boolean,
  verbose: boolean,
): Reporter {
  const update = createLogUpdate(stream);
  const paint = createColors(color);
  const running = new Map<
    string,
    { readonly label: string; message: string; readonly since: number }
  >();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    frame += 1;
    const spinner = paint.cyan(FRAMES[frame % FRAMES.length] ?? '');
    const lines = [...running.values()].map(({ label, message, since }) => {
      const seconds = Math.floor((performance.now() - since) / 1000);
      const elapsed = seconds > 2 ? ` ${seconds} s` : '';
      return clip(
        `${spinner} ${label}${paint.dim(elapsed)}${message === '' ? '' : paint.dim(`  ${message}`)}`,
        stream.columns,
      );
    });
    update(lines.join('\n'));
  };
  const begin = (key: string, label: string): void => {
    running.set(key, { label, message: '', since: performance.now() });
    timer ??= setInterval(draw, FRAME_MS).unref();
  };
  const end = (key: string): void => {
    running.delete(key);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const line = (text: string): void => {
    update.clear();
    // Wrapped at spaces and hung under the text, not under its mark.
    const wrapped = wrapAnsi(text, Math.max(40, stream.columns - 6), { trim: false, hard: false });
    stream.write(`${wrapped.split('\n').join('\n      ')}\n`);
    if (running.size > 0) draw();
  };
  const key = (step: Step): string => `step ${step.id}`;

  return {
    plan: (plan) => {
      if (plan.steps.length === 0) {
        line(`${paint.bold(plan.title)}: nothing to do.`);
        return;
      }
      line(paint.bold(plan.title));
      if (verbose) for (const step of plan.steps) line(`  ${formatStep(step)}`);
      else
        for (const { ids, what, cause } of planLines(plan, shortAction))
          line(`  ${paint.dim(ids)} ${what} ${paint.dim(`because ${cause}`)}`);
      line('');
    },
    stepStarted: (step) => {
      begin(key(step), shortAction(step.action));
    },
    stepWaiting: (step, message) => {
      const entry = running.get(key(step));
      if (entry) entry.message = message;
    },
    stepDone: (step, ms) => {
      end(key(step));
      line(`${paint.green('✓')} ${shortAction(step.action)} ${paint.dim(formatDuration(ms))}`);
    },
    stepFailed: (step, message) => {
      end(key(step));
      line(`${paint.red('✗')} ${shortAction(step.action)}: ${message}`);
    },
    undoing: (description) => {
      line(`${paint.yellow('↩')} putting back: ${description}`);
    },
    note: (text) => {
      const [first = '', ...commands] = text.split('\n');
      line(first);
      // A command that is broken by us is another command; the terminal's own wrapping copies as one line.
      for (const command of commands) {
        update.clear();
        stream.write(`${command}\n`);
      }
      if (commands.length > 0 && running.size > 0) draw();
    },
    warning: (message) => {
      line(`${paint.yellow('!')} ${message}`);
    },
    gateWaiting: (name, message) => {
      if (!running.has(name)) begin(name, name);
      const entry = running.get(name);
      if (entry) entry.message = message;
    },
    gate: (result) => {
      end(result.name);
    },
    settle: () => {
      running.clear();
      clearInterval(timer);
      timer = undefined;
      update.clear();
    },
  };
}

/** Cuts a line with colours at the terminal's width, so that the live area never wraps. */
function clip(text: string, columns: number): string {
  const width = Math.max(20, columns - 1);
  let seen = 0;
  let result = '';
  for (const part of text.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) {
      result += part;
      continue;
    }
    result += part.slice(0, Math.max(0, width - seen));
    seen += part.length;
  }
  return result;
}
