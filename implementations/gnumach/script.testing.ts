import { deepStrictEqual } from 'node:assert/strict';
import { installation, missing } from './place.js';
import type {
  Call,
  Disposition,
  Event,
  HeaderRight,
  MessageOption,
  Name,
  NameRight,
  PlainCall,
  Program,
  Run,
  SentItem,
} from './program.js';
import { runPrograms } from './runner.js';
import type { MemoryScope } from './window.js';

const lacks = missing();

/** Without the kernel, tests that need it are left out, unless they must not be. */
export const isLeftOut = lacks.length > 0 && process.env['PORTCULLIS_REQUIRE_GNUMACH'] !== '1';

/** A title that says why tests are left out, if they are. */
export const titled = (title: string): string =>
  isLeftOut ? `${title} (left out: ${lacks.join('; ')})` : title;

export function run(programs: readonly Program[]): Promise<Run[]> {
  if (lacks.length > 0) throw new Error(lacks.join('\n'));
  return runPrograms(installation(), programs, () => {});
}

export const returned = (thread: string, value: unknown = null): Event => ({
  tag: 'returned',
  thread,
  value,
});
export const raised = (thread: string, error: string, value?: unknown): Event =>
  value === undefined ? { tag: 'raised', thread, error } : { tag: 'raised', thread, error, value };
export const blocked = (thread: string): Event => ({ tag: 'blocked', thread });
export const ended = (thread: string): Event => ({ tag: 'ended', thread });

export const header = (name: Name, disposition: Disposition): HeaderRight => ({ name, disposition });
export const none: HeaderRight = { name: 0, disposition: null };
export const data = (bytes: string): SentItem => ({
  tag: 'data',
  type: 9,
  bits: 8,
  bytes,
  long: false,
  deallocate: false,
});
export const rights = (disposition: Disposition, ...names: Name[]): SentItem => ({
  tag: 'rights',
  disposition,
  names,
  bits: 32,
  long: false,
  deallocate: false,
});

export const receivedRights = (kind: string, ...names: Name[]) => ({
  tag: 'rights',
  kind,
  names,
  long: false,
});
export const side = (name: Name, kind: string | null) => ({ name, kind });
export const noSide = side(0, null);

interface Sending {
  readonly to: HeaderRight;
  readonly reply?: HeaderRight;
  readonly id?: number;
  readonly body?: readonly SentItem[];
  readonly complex?: boolean;
  readonly size?: number | null;
}

interface Rest {
  readonly options?: readonly MessageOption[];
  readonly timeout?: number;
  readonly notify?: Name;
}

/** A call of `mach_msg` with either half, or both. */
export function message(
  thread: string,
  send: Sending | null,
  receive: { name: Name; size?: number } | null,
  rest: Rest = {},
): Call {
  const { options = [], timeout = 0, notify = 0 } = rest;
  return {
    operation: 'mach_msg',
    thread,
    options,
    timeout,
    notify,
    send:
      send === null
        ? null
        : {
            id: send.id ?? 7,
            remote: send.to,
            local: send.reply ?? none,
            body: send.body ?? [],
            complex: send.complex ?? (send.body ?? []).some((item) => item.tag === 'rights'),
            size: send.size ?? null,
          },
    receive: receive === null ? null : { name: receive.name, size: receive.size ?? 4096 },
  };
}

/** A whole received message; what is left out is as in the plainest. */
export function arrived(parts: object) {
  const plain = { id: 7, remote: noSide, complex: false, size: 24, sequence: 0, body: [] };
  return { message: { ...plain, ...parts } };
}

/**
 * A program under construction, with what each call is expected to show. Names in expectations may be
 * references, like those in calls; they are compared with what the kernel really answered.
 */
export class Script {
  private readonly threads: readonly number[];
  /** How large address spaces are, in programs about memory. */
  memory: MemoryScope | null = null;
  private readonly calls: Call[] = [];
  private readonly expected: (readonly Event[] | undefined)[] = [];

  constructor(...threads: number[]) {
    this.threads = threads;
  }

  /** The number the next call will have. */
  get next(): number {
    return this.calls.length;
  }

  /** Adds a call; the result refers to the first name in its answer. */
  call(call: Call, ...events: Event[]): { call: number; name: number } {
    this.calls.push(call);
    this.expected.push(events.length === 0 ? undefined : events);
    return { call: this.calls.length - 1, name: 0 };
  }

  /** Adds a call that shows nothing at all. */
  silent(call: Call): void {
    this.calls.push(call);
    this.expected.push([]);
  }

  /** A fresh port or other right for `thread`, in its own task or in another. */
  allocate(thread: string, task: string, right: NameRight = 'receive'): Name {
    return this.call({ operation: 'mach_port_allocate', thread, task, right });
  }

  /** A fresh port whose name denotes a send right as well. */
  sendable(thread: string, task: string): Name {
    const port = this.allocate(thread, task);
    this.on(
      thread,
      task,
      'insert_right',
      { name: port, right: header(port, 'make-send') as never },
      returned(thread),
    );
    return port;
  }

  /** A call of the `mach_port_` family. */
  on(thread: string, task: string | Name, operation: string, rest: Partial<PlainCall>, ...events: Event[]) {
    return this.call({ operation: `mach_port_${operation}`, thread, task, ...rest }, ...events);
  }

  /** What a name denotes. */
  type(thread: string, task: string, name: Name, ...type: string[]): void {
    this.on(thread, task, 'type', { name }, returned(thread, { type }));
  }

  refs(thread: string, task: string, name: Name, right: NameRight, refs: number): void {
    this.on(thread, task, 'get_refs', { name, right }, returned(thread, { refs }));
  }

  /** Passes a send right for `port` of the task `from` to the caller's; the answer has its name there. */
  give(thread: string, from: string, port: Name): Name {
    return this.on(thread, from, 'extract_right', { name: port, disposition: 'make-send' });
  }

  /** Passes time until a wait has expired. */
  expire(waiting: string, ...events: Event[]): void {
    this.call({ operation: 'timeout', waiting }, ...events);
  }

  /** Runs the program and compares; returns what was seen. */
  async check(): Promise<Run> {
    const scope = { threads: this.threads, ...(this.memory === null ? {} : { memory: this.memory }) };
    const [result] = await run([{ case: 'script', scope, calls: this.calls }]);
    const names = result!.steps.map(() => [] as number[]);
    const waiting = new Map<string, number>();
    result!.steps.forEach(({ events }, at) => collect(events, at, waiting, names));
    this.expected.forEach((events, at) => {
      if (events === undefined) return;
      const seen = result!.steps[at]?.events;
      deepStrictEqual(
        { at, call: this.calls[at], seen },
        { at, call: this.calls[at], seen: resolve(events, names) },
      );
    });
    deepStrictEqual(result!.stopped, undefined, result!.stopped);
    return result!;
  }
}

/** Files the names in the answers of one step under the calls they answer. */
function collect(
  events: readonly Event[],
  at: number,
  waiting: Map<string, number>,
  names: number[][],
): void {
  for (const [place, event] of events.entries()) {
    if (place === 0 && !waiting.has(event.thread)) waiting.set(event.thread, at);
    const call = waiting.get(event.thread) ?? at;
    if (event.tag === 'blocked') continue;
    waiting.delete(event.thread);
    if (event.tag === 'returned' || event.tag === 'raised') names[call] = namesIn(event.value);
  }
}

const nameKeys = new Set(['name', 'previous', 'set']);
const listKeys = new Set(['names', 'members']);

/** The names in an answer, in the order of the vocabulary. */
function namesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { remote, local, body, header: inner, ...rest } = value as Record<string, unknown>;
  const own = Object.entries(rest).flatMap(([key, part]) => {
    if (nameKeys.has(key) && typeof part === 'number') return [part];
    if (listKeys.has(key) && Array.isArray(part) && part.every((name) => typeof name === 'number'))
      return part;
    return namesIn(part);
  });
  return [...own, ...namesIn(remote), ...namesIn(local), ...namesIn(inner), ...namesIn(body)];
}

const isReference = (value: object): value is { call: number; name: number } =>
  Object.keys(value).length === 2 && 'call' in value && 'name' in value;

function resolve(value: unknown, names: readonly number[][]): unknown {
  if (Array.isArray(value)) return value.map((part) => resolve(part, names));
  if (typeof value !== 'object' || value === null) return value;
  if (isReference(value)) return names[value.call]?.[value.name] ?? 0;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part, names)]));
}
