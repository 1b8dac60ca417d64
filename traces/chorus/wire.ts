import { mapLeaves, type Leaf } from '#spec/vocabulary';
import { chorusVocabulary } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { chorusSymbols } from '#properties/chorus/symbols';
import { chorusSpelling } from '#traces/chorus/spelling';
import type { Symbol } from '#properties/suite';
import type { Binding } from '#traces/binding';
import type { Expected, Wire, WireCall } from '#traces/wire';

const vocabulary = chorusVocabulary('model');

/** Sorts whose things the harness always calls by names of its own. */
const called: ReadonlySet<string> = new Set(['thread', 'site']);

/** Identifiers cross as the nucleus's own numbers, but for what was there at the start, which the harness knows. */
export const chorusWire: Wire<ChorusState, ChorusCall> = {
  encode(state, call, binding, invent) {
    const { takes } = vocabulary[call.operation];
    const invented = new Map<string, number>();
    const numberFor = (space: string, id: number): number => {
      const bound = binding.numberOf(space, id) ?? invented.get(`${space}/${id}`);
      if (bound !== undefined) return bound;
      const number = invent();
      invented.set(`${space}/${id}`, number);
      return number;
    };
    const arguments_ = mapLeaves(takes, call, (leaf, value) => {
      const expected = expect(leaf, value, state, call);
      return expected.tag === 'just' ? expected.value : numberFor(expected.space, expected.id);
    });
    return { operation: call.operation, ...(arguments_ as object) };
  },

  decode(state, call, binding) {
    const operation = call.operation as ChorusCall['operation'];
    const { takes } = vocabulary[operation];
    const reader = new Reader(state, call, binding);
    // The actor a call is about stands before the local identifiers that are read in it, but for its own leaves.
    const early = mapLeaves(takes, call, (leaf, value) => (leaf.sort.startsWith('li') || leaf.sort === 'saved' ? value : reader.read(leaf, value, null))) as object;
    const known = { operation, ...early } as ChorusCall;
    const decoded = mapLeaves(takes, call, (leaf, value) =>
      (leaf.sort.startsWith('li') || leaf.sort === 'saved' ? reader.read(leaf, value, known) : reader.again(leaf, value))) as object;
    return { call: { operation, ...decoded } as ChorusCall, invented: reader.invented };
  },

  expect,
};

function expect(leaf: Leaf, value: unknown, state: ChorusState, call: ChorusCall): Expected {
  const spelled: Expected = { tag: 'just', value: chorusSpelling.spell(leaf, value) };
  if (called.has(leaf.sort)) return spelled;
  if ((leaf.sort === 'ui' || leaf.sort === 'key') && (value as number) < state.known) return spelled;
  const symbol = chorusSymbols.of(leaf, value, state, call);
  return symbol === null ? spelled : { tag: 'name', ...symbol };
}

/** Reads the leaves of one call, each once: numbers that stand for nothing are bound to what denotes nothing yet. */
class Reader {
  readonly #state: ChorusState;
  readonly #binding: Binding;
  readonly #read = new Map<string, number>();
  readonly invented: Symbol[] = [];

  constructor(state: ChorusState, _call: WireCall, binding: Binding) {
    this.#state = state;
    this.#binding = binding;
  }

  again(leaf: Leaf, value: unknown): number {
    return this.#read.get(`${leaf.sort} ${String(value)}`) ?? this.read(leaf, value, null);
  }

  /** What a leaf stands for; `call` is the call with all that its space depends on. */
  read(leaf: Leaf, value: unknown, call: ChorusCall | null): number {
    if (typeof value === 'string') return chorusSpelling.read(leaf, value) as number;
    const probe = call === null ? { space: leaf.sort } : chorusSymbols.of(leaf, 1, this.#state, call);
    if (probe === null) return 1;
    const found = this.#binding.nameOf(probe.space, value as number) ?? this.#invent(probe.space, value as number);
    this.#read.set(`${leaf.sort} ${String(value)}`, found);
    return found;
  }

  #invent(space: string, number: number): number {
    const already = this.invented.filter((other) => other.space === space).length;
    const id = chorusSymbols.fresh(space, this.#state) + already;
    this.invented.push({ space, id });
    this.#binding.bind(space, id, number);
    return id;
  }
}
