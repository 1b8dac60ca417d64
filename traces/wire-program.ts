import { mapLeaves } from '#spec/vocabulary';
import type { AnyCall, Event } from '#model/kernel';
import { answerSchema } from '#properties/program';
import type { Symbol } from '#properties/suite';
import type { Bundle } from '#traces/bundle';
import type { SeenEvent, WireCall } from '#traces/wire';

/** Numbers that programs give names of their own making: far from those that kernels pick. */
export const FIRST_INVENTED = 100_000;

/** A name in a program sent ahead: the one at a place of the answer to an earlier call. */
export interface NameReference { readonly call: number; readonly name: number }

/**
 * Turns a run of the model into a program that can be sent ahead. A name becomes a reference to the answer
 * in which it was first given, since its number is not known before the program has been run.
 */
export class ProgramWriter<S, Call extends AnyCall> {
  readonly #bundle: Bundle<S, Call>;
  readonly #references = new Map<string, NameReference>();
  readonly #invented = new Map<string, Symbol & { readonly number: number }>();
  #inventions = 0;
  readonly #asked = new Map<number, { readonly index: number; readonly call: Call }>();
  readonly calls: WireCall[] = [];

  constructor(bundle: Bundle<S, Call>) {
    this.#bundle = bundle;
  }

  /** Adds a call, made in `state`. */
  call(state: S, call: Call): WireCall {
    const { takes } = this.#bundle.suite.vocabulary[call.operation]!;
    const written = mapLeaves(takes, call, (leaf, value) => {
      const expected = this.#bundle.wire.expect(leaf, value, state, call);
      return expected.tag === 'just' ? expected.value : this.#nameFor(expected.space, expected.id);
    });
    const wireCall = { operation: call.operation, ...(written as object) };
    if (call.thread !== undefined) this.#asked.set(call.thread, { index: this.calls.length, call });
    this.calls.push(wireCall);
    return wireCall;
  }

  /** Takes in what was answered, in the state after it. A name that was invented in vain may come to be the kernel's. */
  answered(state: S, events: readonly Event[]): void {
    for (const [key, { space, id }] of this.#invented) {
      if (id >= this.#bundle.suite.symbols.fresh(space, state)) this.#invented.delete(key);
    }
    for (const event of events) {
      const asked = this.#asked.get(event.thread);
      if (asked === undefined || !('value' in event) || event.value === null || event.value === undefined) continue;
      let place = 0;
      mapLeaves(answerSchema(this.#bundle.suite, asked.call, event), event.value, (leaf, value) => {
        const expected = this.#bundle.wire.expect(leaf, value, state, asked.call);
        if (expected.tag === 'name') this.#learn(expected.space, expected.id, { call: asked.index, name: place });
        place += 1;
        return value;
      });
    }
  }

  #learn(space: string, id: number, reference: NameReference): void {
    const key = `${space}/${id}`;
    if (!this.#references.has(key) && !this.#invented.has(key)) this.#references.set(key, reference);
  }

  #nameFor(space: string, id: number): number | NameReference {
    const key = `${space}/${id}`;
    const reference = this.#references.get(key);
    if (reference !== undefined) return reference;
    const known = this.#invented.get(key);
    if (known !== undefined) return known.number;
    const number = FIRST_INVENTED + this.#inventions;
    this.#inventions += 1;
    this.#invented.set(key, { space, id, number });
    return number;
  }
}

/**
 * Reads the calls of a program as they were made: references become the numbers that the implementation
 * really gave. One to an answer that has not come is 0, for the harness as for the adapter.
 */
export class ProgramReader<S, Call extends AnyCall> {
  readonly #bundle: Bundle<S, Call>;
  readonly #answers = new Map<number, readonly number[]>();
  readonly #asked = new Map<string, { readonly index: number; readonly operation: string }>();
  #index = -1;

  constructor(bundle: Bundle<S, Call>) {
    this.#bundle = bundle;
  }

  call(call: WireCall): WireCall {
    this.#index += 1;
    const { takes } = this.#bundle.suite.vocabulary[call.operation]!;
    const made = mapLeaves(takes, call, (_leaf, value) => (isReference(value) ? this.#resolve(value) : value));
    if (typeof call['thread'] === 'string') this.#asked.set(call['thread'], { index: this.#index, operation: call.operation });
    return { operation: call.operation, ...(made as object) };
  }

  answered(events: readonly SeenEvent[]): void {
    for (const event of events) {
      const asked = this.#asked.get(event.thread);
      if (asked === undefined || !('value' in event) || event.value === null || event.value === undefined) continue;
      const { returns, spoils } = this.#bundle.suite.vocabulary[asked.operation]!;
      const schema = event.tag === 'raised' ? spoils?.[event.error] : returns;
      if (schema === undefined) continue;
      const numbers: number[] = [];
      mapLeaves(schema, event.value, (_leaf, value) => {
        numbers.push(typeof value === 'number' ? value : 0);
        return value;
      });
      this.#answers.set(asked.index, numbers);
    }
  }

  #resolve({ call, name }: NameReference): number {
    return this.#answers.get(call)?.[name] ?? 0;
  }
}

const isReference = (value: unknown): value is NameReference =>
  typeof value === 'object' && value !== null && 'call' in value && 'name' in value;
