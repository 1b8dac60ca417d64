import { mapLeaves } from '#spec/vocabulary';
import { BeyondScope } from '#model/operation';
import type { WireScope } from '#spec/scope';
import { runInPlace, type AnyCall, type Choose, type Event, type Kernel } from '#model/kernel';
import { answerSchema } from '#properties/program';
import { Random } from '#properties/random';
import { Binding } from '#traces/binding';
import type { Bundle } from '#traces/bundle';
import { fieldsOf, readScope } from '#traces/scope';
import type { Subject } from '#traces/subject';
import type { SeenEvent, WireCall } from '#traces/wire';

/**
 * A kernel of ours, sound or mutant, as an implementation like any other: it sees calls as they cross, gives
 * names numbers of its own (always the lowest that is free), and makes its choices as it likes.
 */
export class ModelSubject<S, Call extends AnyCall> implements Subject {
  readonly name: string;
  readonly scope: readonly string[];
  readonly #bundle: Bundle<S, Call>;
  readonly #kernel: Kernel<S, Call>;
  readonly #choose: Choose;
  #state: S | null = null;
  #binding = new Binding();
  #asked = new Map<number, Call>();

  constructor(name: string, bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, seed: number) {
    this.name = name;
    this.scope = fieldsOf(bundle.scopes);
    this.#bundle = bundle;
    this.#kernel = kernel;
    const random = new Random(seed);
    this.#choose = (_kind, options) => random.pick(options);
  }

  async reset(_name: string, scope: WireScope): Promise<void> {
    this.#state = this.#kernel.boot(readScope(this.#bundle, scope) as never);
    this.#binding = new Binding();
    this.#asked = new Map();
  }

  async step(wireCall: WireCall): Promise<readonly SeenEvent[]> {
    const state = this.#state;
    if (state === null) throw new Error('a step before any reset');
    const { call, invented } = this.#bundle.wire.decode(state, wireCall, this.#binding);
    if (!this.#bundle.suite.isEnabled(state, call)) {
      return [{ tag: 'unsupported', thread: String(wireCall['thread'] ?? wireCall['waiting']), why: 'the thread cannot call now' }];
    }
    if (call.thread !== undefined) this.#asked.set(call.thread, call);
    const events = this.#run(state, call);
    if (events === null) return [{ tag: 'unsupported', thread: String(wireCall['thread']), why: 'beyond what is modelled' }];
    for (const { space, id } of invented) {
      if (!this.#bundle.isLive(state, space, id)) this.#binding.forget(space, id);
    }
    return events.map((event) => this.#seen(state, event));
  }

  async close(): Promise<void> {}

  #run(state: S, call: Call): readonly Event[] | null {
    try {
      return runInPlace(this.#kernel, state, call, this.#choose).events;
    } catch (error) {
      if (error instanceof BeyondScope) return null;
      throw error;
    }
  }

  #seen(state: S, event: Event): SeenEvent {
    const thread = this.#bundle.spelling.thread(event.thread);
    const call = this.#asked.get(event.thread);
    const { tag } = event;
    const value = 'value' in event ? event.value : undefined;
    const answer = value === undefined || value === null || call === undefined ? value : this.#answer(state, call, event, value);
    if (tag === 'returned') return { tag, thread, value: answer ?? null };
    if (tag !== 'raised') return { tag, thread };
    return answer === undefined || answer === null ? { tag, thread, error: event.error } : { tag, thread, error: event.error, value: answer };
  }

  #answer(state: S, call: Call, event: Event, value: unknown): unknown {
    return mapLeaves(answerSchema(this.#bundle.suite, call, event), value, (leaf, at) => {
      const expected = this.#bundle.wire.expect(leaf, at, state, call);
      return expected.tag === 'just' ? expected.value : this.#numberFor(state, expected.space, expected.id);
    });
  }

  #numberFor(state: S, space: string, id: number): number {
    const bound = this.#binding.numberOf(space, id);
    if (bound !== undefined && (this.#binding.nameOf(space, bound) === id || !this.#bundle.isLive(state, space, id))) return bound;
    let number = 1;
    for (;; number += 1) {
      const other = this.#binding.nameOf(space, number);
      if (other === undefined || !this.#bundle.isLive(state, space, other)) break;
    }
    this.#binding.bind(space, id, number);
    return number;
  }
}
