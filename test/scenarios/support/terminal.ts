import xterm from '@xterm/headless';
import { execa } from 'execa';
import { ROOT } from './cli.ts';

const ROWS = 24;
const COLUMNS = 80;

export const KEYS = {
  enter: '\r',
  esc: '\u001b',
  down: '\u001b[B',
  ctrlC: '\u0003',
  ctrlU: '\u0015',
} as const;

/**
 * The built command line at a terminal of 80×24, read as a person would read it: by what is on the screen.
 * The pseudo-terminal is that of `script` (util-linux, on every Debian), the screen is drawn by xterm.
 */
export class TerminalRun {
  /** Screens worth keeping, each with what was done there. */
  readonly record: string[] = [];
  readonly #terminal = new xterm.Terminal({
    rows: ROWS,
    cols: COLUMNS,
    scrollback: 2000,
    allowProposedApi: true,
  });
  readonly #process: ReturnType<typeof start>;
  #raw = '';

  constructor(argv: readonly string[], environment: Record<string, string> = {}) {
    const words = [process.execPath, `${ROOT}/dist/factsway-install.js`, ...argv];
    const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
    const line = `stty rows ${ROWS} cols ${COLUMNS}; exec ${quoted}`;
    this.#process = start(line, environment);
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#raw += chunk.toString('utf8');
      this.#terminal.write(chunk);
    });
  }

  /** Everything the program sent, escape sequences included. */
  get raw(): string {
    return this.#raw;
  }

  /** What is on the screen now, without the blank lines at its end. */
  screen(): string {
    return this.#lines(this.#terminal.buffer.active.baseY).trimEnd();
  }

  /** The same, and what has scrolled away. */
  history(): string {
    return this.#lines(0).trimEnd();
  }

  /** Lines that were too long for the terminal. */
  wrapped(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: active.length }, (_, row) => active.getLine(row))
      .filter((line) => line?.isWrapped === true)
      .map((line) => line?.translateToString(true) ?? '');
  }

  #lines(from: number): string {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: active.length - from },
      (_, row) => active.getLine(from + row)?.translateToString(true) ?? '',
    ).join('\n');
  }

  /** Waits until all of these are on the screen at once, and keeps that screen. */
  async sees(...texts: readonly string[]): Promise<void> {
    await this.#until(texts.join(' and '), () =>
      texts.every((text) => this.screen().includes(text)),
    );
    this.record.push(this.screen());
  }

  /** Waits until one of these is on the screen. */
  async seesOne(...texts: readonly string[]): Promise<void> {
    await this.#until(texts.join(' or '), () => texts.some((text) => this.screen().includes(text)));
  }

  /** Waits until the screen is another one. */
  async changes(before: string): Promise<void> {
    await this.#until('another screen', () => this.screen() !== before);
  }

  /** Waits until nothing is drawn any more: half a screen has the mark nowhere. */
  async #drawn(): Promise<void> {
    let last: string;
    do {
      last = this.screen();
      await new Promise((resolve) => setTimeout(resolve, 60));
    } while (this.screen() !== last);
  }

  type(...keys: readonly string[]): void {
    for (const key of keys) this.#process.stdin.write(key);
  }

  /** Moves down to a line and presses Enter. */
  async pick(label: string): Promise<void> {
    if (await this.finds(label)) return;
    throw new Error(`no line "${label}" on the screen:\n${this.screen()}`);
  }

  /** The same; false where the list ends without it, on whose last line the mark is then. */
  async finds(label: string): Promise<boolean> {
    for (;;) {
      await this.#drawn();
      if (this.screen().includes(`❯ ${label}`)) {
        this.type(KEYS.enter);
        return true;
      }
      const before = this.screen();
      this.type(KEYS.down);
      if (!(await this.#changesSoon(before))) return false;
    }
  }

  /** The last line of a list is where the mark stays. */
  async #changesSoon(before: string): Promise<boolean> {
    for (let waited = 0; waited < 1500; waited += 50) {
      if (this.screen() !== before) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }

  /** The exit code, once the program has ended. */
  async ended(seconds: number): Promise<number> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), seconds * 1000);
    const { exitCode } = await this.#process;
    clearTimeout(timer);
    // What was sent last has to be drawn yet.
    await new Promise<void>((resolve) => {
      this.#terminal.write('', resolve);
    });
    this.record.push(this.screen());
    return exitCode ?? -1;
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`not on the screen: ${what}\n${this.screen()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A terminal like most have; what the machine that runs the tests says of its own does not count. */
const USUAL = {
  SHELL: '/bin/sh',
  TERM: 'xterm-256color',
  LC_ALL: 'C.UTF-8',
  NO_COLOR: '',
  // A proxy of the machine would be one question more.
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  http_proxy: '',
  https_proxy: '',
};

const start = (line: string, environment: Record<string, string>) =>
  execa('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
    reject: false,
    stdin: 'pipe',
    buffer: false,
    env: { ...USUAL, ...environment },
  });
