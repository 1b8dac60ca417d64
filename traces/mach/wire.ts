import { mapLeaves, type Leaf } from '#spec/vocabulary';
import { machVocabulary, type Name, type Reference, type ReportedName, type TaskId } from '#spec/mach/vocabulary';
import { entryOf } from '#model/mach/entries';
import { DEAD, NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machSymbols } from '#properties/mach/symbols';
import { machSpelling } from '#traces/mach/spelling';
import type { Symbol } from '#properties/suite';
import type { Binding } from '#traces/binding';
import type { Expected, Wire, WireCall } from '#traces/wire';

const vocabulary = machVocabulary('model');
const WIRE_DEAD = 0xffff_ffff;

/** Names of a task's space, as the binding and the origins of names call them. */
export const spaceOf = (task: TaskId): string => `names of ${task}`;

/** Mach's names cross as the kernel's own numbers, its tasks and threads by what the harness calls them. */
export const machWire: Wire<MachState, MachCall> = {
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
    const operation = call.operation as MachCall['operation'];
    const { takes } = vocabulary[operation];
    const reader = new Reader(state, call, binding);
    const decoded = mapLeaves(takes, call, (leaf, value) => reader.read(leaf, value)) as object;
    return { call: { operation, ...decoded } as MachCall, invented: reader.invented };
  },

  expect,
};

function expect(leaf: Leaf, value: unknown, state: MachState, call: MachCall): Expected {
  const symbol = machSymbols.of(leaf, value, state, call);
  const isName = leaf.sort === 'name' || leaf.sort === 'reported-name' || (value as Reference<number>).tag === 'name';
  if (!isName) return { tag: 'just', value: machSpelling.spell(leaf, value) };
  if (symbol !== null) return { tag: 'name', ...symbol };
  return { tag: 'just', value: wireConstant(leaf.sort === 'name' ? value as Name : (value as ReportedName).name) };
}

const wireConstant = (name: Name): number => (name === DEAD ? WIRE_DEAD : 0);

/** Where a message goes: names in it are those of the task behind that port, if there is one. */
const addressOf = (call: WireCall): number | undefined =>
  (call.operation === 'mach_msg' ? (call['send'] as { readonly remote: { readonly name: number } } | null)?.remote.name : undefined);

/** Reads the leaves of one call, in order: the thread comes before what is read in its space. */
class Reader {
  readonly #state: MachState;
  readonly #binding: Binding;
  readonly #caller: TaskId | null;
  readonly #target: TaskId | null;
  readonly invented: Symbol[] = [];

  constructor(state: MachState, call: WireCall, binding: Binding) {
    this.#state = state;
    this.#binding = binding;
    const thread = call['thread'];
    this.#caller = typeof thread === 'string' ? state.threads[machSpelling.readThread(thread)]?.task ?? null : null;
    this.#target = this.#targetOf(call['task'] ?? addressOf(call)) ?? (call['task'] === undefined ? this.#caller : null);
  }

  read(leaf: Leaf, value: unknown): unknown {
    switch (leaf.sort) {
      case 'name': return this.#name(leaf.space === 'target' ? this.#target : this.#caller, value as number);
      case 'reported-name': throw new Error('no argument is a reported name');
      case 'task':
      case 'thread': return machSpelling.read(leaf, value as string);
      default:
        return typeof value === 'string'
          ? machSpelling.read(leaf, value)
          : { tag: 'name', name: this.#name(this.#caller, value as number) };
    }
  }

  /** The task whose names a call is about: its own where the call does not say. */
  #targetOf(task: unknown): TaskId | null {
    if (task === undefined) return this.#caller;
    if (typeof task === 'string') return machSpelling.readThread(task) as TaskId;
    if (this.#caller === null) return null;
    const entry = entryOf(this.#state, this.#caller, this.#name(this.#caller, task as number));
    if (entry?.tag !== 'port') return null;
    const found = this.#state.tasks.findIndex(({ port }) => port === entry.port);
    return found < 0 ? null : found as TaskId;
  }

  /** The name a number stands for: a live one, one freed earlier, or a fresh one that denotes nothing. */
  #name(task: TaskId | null, number: number): Name {
    if (number === 0) return NULL;
    if (number === WIRE_DEAD) return DEAD;
    if (task === null || this.#state.tasks[task] === undefined) return 1 as Name;
    const space = spaceOf(task);
    const bound = this.#binding.nameOf(space, number);
    if (bound !== undefined) return bound as Name;
    const already = this.invented.filter((other) => other.space === space).length;
    const id = this.#state.tasks[task].names.length + already;
    this.invented.push({ space, id });
    this.#binding.bind(space, id, number);
    return id as Name;
  }
}
