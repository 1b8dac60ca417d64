import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { z } from 'zod';
import { initializeResult, protocolVersion, replyFrame, type Initialized } from '#spec/protocol';
import type { WireScope } from '#spec/scope';
import type { Vocabulary } from '#spec/vocabulary';
import { protocolSchemas } from '#spec/protocol';
import { AdapterFault, complaint } from '#traces/fault';
import { oneLine, printable } from '#traces/text';
import { packageVersion } from '#traces/version';
import type { SeenEvent, WireCall } from '#traces/wire';

/** How long an adapter may take over each kind of request, in milliseconds. */
export interface TimeLimits {
  readonly startup: number;
  readonly reset: number;
  readonly step: number;
  /** For a whole program of `run`; a batch may take as many times this. */
  readonly run: number;
  readonly shutdown: number;
}

export const defaultTimeLimits: TimeLimits = { startup: 30_000, reset: 30_000, step: 5_000, run: 10_000, shutdown: 2_000 };

const STDERR_KEPT = 4096;
const NOISE_TOLERATED = 20;
const LINE_LIMIT = 256 * 1024 * 1024;

interface Waiting {
  readonly id: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (fault: AdapterFault) => void;
}

/** One program sent ahead, in the protocol's form. */
export interface WireProgram { readonly case: string; readonly scope: WireScope; readonly calls: readonly WireCall[] }
/** What was seen of it, step by step. */
export interface WireRun { readonly steps: readonly { readonly events: readonly SeenEvent[] }[]; readonly stopped?: string | undefined }

/**
 * An implementation behind the adapter protocol, as a child process. What it says is data: validated, never
 * evaluated. Whatever it does wrong is a fault with its last words attached, and never a verdict on a kernel.
 */
export class Adapter {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #schemas: ReturnType<typeof protocolSchemas>;
  readonly #limits: TimeLimits;
  readonly #noise: string[] = [];
  #stderr = '';
  #stdout = '';
  #nextId = 1;
  #waiting: Waiting | null = null;
  #broken: AdapterFault | null = null;
  #greeted = false;
  #initialized: Initialized | null = null;

  private constructor(command: readonly string[], wire: Vocabulary, program: Vocabulary, limits: TimeLimits) {
    const [file, ...args] = command;
    this.#schemas = protocolSchemas(wire, program);
    this.#limits = limits;
    this.#child = spawn(file!, args, { stdio: 'pipe' });
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || error.code === 'EACCES';
      this.#breakDown(missing ? 'adapter.missing' : 'adapter.failed', `cannot start ${file}: ${error.message}`);
    });
    this.#child.on('exit', (code, signal) => {
      this.#breakDown('adapter.exited', `the adapter ended (${signal ?? `exit code ${code}`}) while it was still needed`);
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.stdin.on('error', () => {});
  }

  /** Starts an adapter and greets it. */
  static async start(
    command: readonly string[], wire: Vocabulary, program: Vocabulary, limits: TimeLimits = defaultTimeLimits,
  ): Promise<Adapter> {
    const adapter = new Adapter(command, wire, program, limits);
    try {
      const params = { protocol: [protocolVersion], client: { name: 'portcullis', version: packageVersion } };
      adapter.#initialized = await adapter.#request('initialize', params, initializeResult, limits.startup);
      return adapter;
    } catch (fault) {
      adapter.kill();
      throw fault;
    }
  }

  get initialized(): Initialized {
    return this.#initialized!;
  }

  /** Lines that were no protocol, from before the greeting: a hint, not a fault. */
  get noise(): readonly string[] {
    return this.#noise;
  }

  get stderr(): string {
    return printable(this.#stderr, STDERR_KEPT);
  }

  async reset(name: string, scope: WireScope): Promise<void> {
    const limit = Math.max(this.#limits.reset, 10 * (this.initialized.cost?.reset ?? 0));
    await this.#request('reset', { case: name, scope }, this.#schemas.reset.result, limit);
  }

  async step(call: WireCall): Promise<readonly SeenEvent[]> {
    const limit = Math.max(this.#limits.step, 20 * (this.initialized.cost?.step ?? 0));
    const { events } = await this.#request('step', { call }, this.#schemas.step.result, limit);
    return events as readonly SeenEvent[];
  }

  async run(programs: readonly WireProgram[]): Promise<readonly WireRun[]> {
    const limit = this.#limits.startup + this.#limits.run * programs.length;
    const { runs } = await this.#request('run', { programs }, this.#schemas.run.result, limit);
    if (runs.length !== programs.length) {
      throw this.#breakDown('adapter.schema', `${runs.length} runs came back for ${programs.length} programs`);
    }
    return runs as readonly WireRun[];
  }

  /** Says good-bye; an adapter that does not leave is made to. */
  async close(): Promise<void> {
    if (this.#broken !== null) return;
    await this.#request('shutdown', {}, z.unknown(), this.#limits.shutdown).catch(() => {});
    this.kill();
  }

  kill(): void {
    this.#broken ??= new AdapterFault('adapter.closed', 'the adapter has been closed', this.stderr);
    this.#child.stdin.destroy();
    this.#child.kill('SIGTERM');
    setTimeout(() => this.#child.kill('SIGKILL'), this.#limits.shutdown).unref();
  }

  async #request<T>(method: string, params: object, schema: z.ZodType<T>, limit: number): Promise<T> {
    if (this.#broken !== null) throw this.#broken;
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<unknown>((resolve, reject) => { this.#waiting = { id, resolve, reject }; });
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const timer = setTimeout(() => {
      this.#breakDown('adapter.hung', `no answer to ${method} within ${limit} ms`);
      this.kill();
    }, limit);
    try {
      const result = await answer;
      const parsed = schema.safeParse(result);
      if (!parsed.success) throw this.#breakDown('adapter.schema', `the answer to ${method} is not of the protocol's form: ${complaint(parsed.error)}`);
      // As it came: a union of answers would strip the fields that another answer does not have.
      return result as T;
    } finally {
      clearTimeout(timer);
    }
  }

  #read(text: string): void {
    this.#stdout += text;
    if (this.#stdout.length > LINE_LIMIT) {
      this.#breakDown('adapter.flood', `more than ${LINE_LIMIT} bytes without the end of a line`);
      this.kill();
      return;
    }
    for (let end = this.#stdout.indexOf('\n'); end >= 0; end = this.#stdout.indexOf('\n')) {
      const line = this.#stdout.slice(0, end).trim();
      this.#stdout = this.#stdout.slice(end + 1);
      if (line !== '') this.#take(line);
    }
  }

  #take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#notJson(line);
      return;
    }
    const frame = replyFrame.safeParse(message);
    if (!frame.success) {
      this.#breakDown('adapter.schema', `a line on standard output is no reply: ${oneLine(line)}`);
      return;
    }
    if ('method' in frame.data) {
      this.#stderr = `${this.#stderr}${frame.data.params.text}\n`.slice(-STDERR_KEPT);
      return;
    }
    this.#answer(frame.data);
  }

  #answer(reply: { id: number | null; result?: unknown } | { id: number | null; error: { code: number; message: string } }): void {
    const waiting = this.#waiting;
    if (waiting === null || (reply.id !== waiting.id && reply.id !== null)) {
      this.#breakDown('adapter.wrong-id', `a reply to request ${reply.id}, where ${waiting === null ? 'none was made' : `${waiting.id} was asked`}`);
      return;
    }
    this.#waiting = null;
    this.#greeted = true;
    if ('error' in reply) {
      waiting.reject(new AdapterFault('adapter.error', `the adapter could not do its job: ${oneLine(reply.error.message, 2000)}`, this.stderr));
    } else {
      waiting.resolve(reply.result);
    }
  }

  /** Log lines on standard output are the commonest mistake: before the greeting they are only noted. */
  #notJson(line: string): void {
    this.#noise.push(oneLine(line));
    if (this.#greeted || this.#noise.length > NOISE_TOLERATED) {
      this.#breakDown('adapter.stdout', `standard output is for the protocol alone, and this is no JSON: ${oneLine(line)}`);
    }
  }

  #breakDown(check: string, message: string): AdapterFault {
    this.#broken ??= new AdapterFault(check, message, this.stderr);
    this.#waiting?.reject(this.#broken);
    this.#waiting = null;
    return this.#broken;
  }
}
