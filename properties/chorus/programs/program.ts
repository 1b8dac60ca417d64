import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { callers } from '#properties/chorus/draw';
import type { Random } from '#properties/random';

/** What one thread does, call by call. It goes on when its last call has come back. */
export type Doing = Iterator<ChorusCall, unknown>;

/**
 * A program of nucleus calls, as a subsystem would be written: each thread does one thing after the other, and chance
 * says which of those that can go on goes next.
 */
export class Program {
  readonly #doings = new Map<ThreadId, Doing>();
  #state: ChorusState;

  constructor(state: ChorusState) {
    this.#state = state;
  }

  /** The state as it is before the next call, for what a program has to look up: capabilities, numbers of threads. */
  readonly look = (): ChorusState => this.#state;

  start(thread: ThreadId, doing: Doing): void {
    this.#doings.set(thread, doing);
  }

  /** The next call of one of the threads that can make one; null if all are done, or wait. */
  next(state: ChorusState, random: Random): ChorusCall | null {
    this.#state = state;
    for (;;) {
      const free = callers(state).filter((thread) => this.#doings.has(thread));
      if (free.length === 0) return null;
      const thread = random.pick(free);
      const went = this.#doings.get(thread)!.next();
      if (went.done !== true) return went.value;
      this.#doings.delete(thread);
    }
  }
}
