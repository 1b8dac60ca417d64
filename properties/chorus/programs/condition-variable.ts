import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusCall } from '#model/chorus/world';
import type { Program } from '#properties/chorus/programs/program';

type Doings<T = void> = Generator<ChorusCall, T>;

/** Where the lock of the monitor and the semaphores of its conditions are in the memory of the actor. */
const LOCK = 0;

export const enter = (thread: ThreadId): ChorusCall => ({ operation: 'mutexGet', thread, mutex: LOCK });
export const leave = (thread: ThreadId): ChorusCall => ({ operation: 'mutexRel', thread, mutex: LOCK });

/**
 * A condition variable: a semaphore that counts signals, and how many threads wait for one. The number is read and
 * written within the monitor only.
 */
export class Condition {
  readonly #semaphore: number;
  #waiting = 0;

  constructor(semaphore: number) {
    this.#semaphore = semaphore;
  }

  make(thread: ThreadId): ChorusCall {
    return { operation: 'semInit', thread, semaphore: this.#semaphore, count: 0 };
  }

  /** Leaves the monitor, waits for a signal, and enters again. A signal that comes before it waits is not lost: it is counted. */
  * wait(thread: ThreadId): Doings {
    this.#waiting += 1;
    yield leave(thread);
    yield { operation: 'semP', thread, semaphore: this.#semaphore };
    yield enter(thread);
  }

  /** Lets one of those that wait go on, once the monitor is left to it. */
  * signal(thread: ThreadId): Doings {
    if (this.#waiting === 0) return;
    this.#waiting -= 1;
    yield { operation: 'semV', thread, semaphore: this.#semaphore };
  }
}

/** What is kept of a bounded buffer, and what came of it. */
export interface Buffer {
  readonly room: number;
  readonly items: string[];
  readonly taken: string[];
  readonly notFull: Condition;
  readonly notEmpty: Condition;
}

export const emptyBuffer = (room: number): Buffer => ({ room, items: [], taken: [], notFull: new Condition(1), notEmpty: new Condition(2) });

export function* makeBuffer(thread: ThreadId, { notFull, notEmpty }: Buffer): Doings {
  yield { operation: 'mutexInit', thread, mutex: LOCK, spin: false };
  yield notFull.make(thread);
  yield notEmpty.make(thread);
}

/** Puts items into a buffer one by one, and waits where there is no room. */
export function* produce(thread: ThreadId, buffer: Buffer, items: readonly string[]): Doings {
  for (const item of items) {
    yield enter(thread);
    while (buffer.items.length === buffer.room) yield* buffer.notFull.wait(thread);
    buffer.items.push(item);
    yield* buffer.notEmpty.signal(thread);
    yield leave(thread);
  }
}

/** Takes so many items out of a buffer, and waits where there is none. */
export function* consume(thread: ThreadId, buffer: Buffer, count: number): Doings {
  for (let i = 0; i < count; i += 1) {
    yield enter(thread);
    while (buffer.items.length === 0) yield* buffer.notEmpty.wait(thread);
    buffer.taken.push(buffer.items.shift()!);
    yield* buffer.notFull.signal(thread);
    yield leave(thread);
  }
}

/** Threads of one actor that hand items to each other: half of them produce what the others consume. */
export function handOver(program: Program, threads: readonly ThreadId[], buffer: Buffer, each: number): void {
  const producers = Math.floor(threads.length / 2);
  const share = (producers * each) / (threads.length - producers);
  const parts = threads.map((thread, at) => (at < producers ? produce(thread, buffer, itemsOf(at, each)) : consume(thread, buffer, share)));
  program.start(threads[0]!, first());

  /** The first thread makes what all use, and only then do the others begin. */
  function* first(): Doings {
    yield* makeBuffer(threads[0]!, buffer);
    threads.forEach((thread, at) => { if (at > 0) program.start(thread, parts[at]!); });
    yield* parts[0]!;
  }
}

const itemsOf = (producer: number, count: number): readonly string[] => Array.from({ length: count }, (_, item) => `${producer}.${item}`);
