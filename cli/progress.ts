const HEARTBEAT_MS = 30_000;
const REDRAW_MS = 200;

/** From the keyboard, or from whoever limits our time. */
const interrupts = ['SIGINT', 'SIGTERM'] as const;

/**
 * Progress on standard error: one line that is rewritten on a terminal, a heartbeat elsewhere. It also lets
 * the event loop turn now and then, so that an interrupt is heard in the midst of long work.
 */
export class Progress {
  readonly #terminal = process.stderr.isTTY === true;
  readonly #started = performance.now();
  #shown = performance.now();
  #turned = performance.now();
  #line = '';
  readonly #end = new AbortController();

  constructor() {
    for (const signal of interrupts) process.once(signal, this.#interrupt);
  }

  readonly #interrupt = (): void => {
    this.#end.abort();
    process.stderr.write('\ninterrupted: finishing with what there is; once more to stop at once\n');
    for (const signal of interrupts) process.once(signal, () => process.exit(130));
  };

  get interrupted(): boolean {
    return this.#end.signal.aborted;
  }

  /** Ends work that goes on elsewhere. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Shows where the work stands, if it is time to. True: stop. */
  async show(line: () => string): Promise<boolean> {
    const now = performance.now();
    if (now - this.#shown > (this.#terminal ? REDRAW_MS : HEARTBEAT_MS)) {
      this.#shown = now;
      this.#write(line());
    }
    if (now - this.#turned > REDRAW_MS) {
      this.#turned = now;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this.interrupted;
  }

  #write(line: string): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const text = `${line} (${seconds} s)`;
    process.stderr.write(this.#terminal ? `\r${text.padEnd(this.#line.length)}` : `${text}\n`);
    this.#line = text;
  }

  /** Clears the line: the report comes next. */
  done(): void {
    for (const signal of interrupts) process.removeListener(signal, this.#interrupt);
    if (this.#terminal && this.#line !== '') process.stderr.write(`\r${' '.repeat(this.#line.length)}\r`);
  }
}
