import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { kernelBinary } from './place.js';

/** What a process was seen to do, as the protocol says it. */
export interface Seen {
  readonly thread: string;
  readonly tag: string;
  readonly error?: string;
  readonly value?: Readonly<Record<string, unknown>> | null;
}

const PATIENCE = 5_000;

/** Builds the kernel if it is not there; false where there is no compiler. */
export function isBuilt(): boolean {
  if (existsSync(kernelBinary())) return true;
  const script = fileURLToPath(new URL('../../dist/implementations/qnx-posix/setup.js', import.meta.url));
  return spawnSync(process.execPath, [script]).status === 0;
}

/** Talks to the kernel as a harness does, one line at a time. */
export class Driver {
  readonly #kernel: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #id = 0;

  constructor() {
    this.#kernel = spawn(kernelBinary(), [], { stdio: 'pipe' });
    this.#reader = createInterface({ input: this.#kernel.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Sends a line as it is, and takes the next one back. */
  async line(text: string): Promise<{ readonly result?: never; readonly error?: { readonly message: string } }> {
    this.#kernel.stdin.write(`${text}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms to ${text}`)), PATIENCE);
    });
    const { value } = await Promise.race([this.#lines.next(), late]);
    clearTimeout(timer);
    return JSON.parse(value as string) as never;
  }

  request(method: string, params: object): ReturnType<Driver['line']> {
    this.#id += 1;
    return this.line(JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params }));
  }

  async reset(processes: number): Promise<void> {
    await this.request('reset', { case: 'test', scope: { threads: Array.from({ length: processes }, () => 1) } });
  }

  /** Makes a call, and says what was seen, process by process. */
  async call(operation: string, args: object): Promise<Readonly<Record<string, Seen>>> {
    const { result, error } = await this.request('step', { call: { operation, ...args } });
    if (error !== undefined) throw new Error(error.message);
    const { events } = result! as { readonly events: readonly Seen[] };
    return Object.fromEntries(events.map((event) => [event.thread, event]));
  }

  /** The pid of a process that is free to call. */
  async pidOf(thread: string): Promise<number> {
    const seen = await this.call('getpid', { thread });
    return seen[thread]!.value!['pid'] as number;
  }

  async close(): Promise<void> {
    await this.request('shutdown', {});
    this.#reader.close();
    this.#kernel.stdin.end();
  }

  kill(): void {
    this.#kernel.kill('SIGKILL');
  }
}
