import { machVocabulary, type Name } from '#spec/mach/vocabulary';
import { mapLeaves } from '#spec/vocabulary';
import { copy } from '#model/copy';
import { runInPlace, type Choose, type Event } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machSymbols } from '#properties/mach/symbols';
import { same } from '#properties/mach/laws/frame';
import type { MachStep } from '#properties/mach/obligation';

/** How many names of every space have been used up, and freed, in the other state. */
const SHIFT = 3;

/** So many effects into a run calls are made twice: a fault that shows in names shows early. */
const CALLS = 9;

const vocabulary = machVocabulary('model');

/**
 * Whether a step would have come out the same where the kernel had given out other names: the same call, in a
 * state that differs in names alone. What has to go through a thread's stored answer is left aside.
 */
export function reliesOnNames({ before, after, call, kernel, events, choices }: MachStep): readonly string[] {
  if (before.moment >= CALLS || call.operation === 'task_create' || after.threads.some(({ run }) => run.tag === 'answered')) return [];
  if (before.threads.some(({ run }) => run.tag === 'answered')) return [];
  const state = shifted(before);
  const options = choices.flatMap(({ kind, option }) => (kind === 'deviation' ? [] : [option]));
  const choose: Choose = (_kind, offered) => offered[options.shift() ?? 0] ?? offered[0]!;
  const again = runInPlace(kernel, state, shiftedCall(before, call), choose);
  const expected = events.map((event) => shiftedEvent(event));
  if (!same(again.events, expected)) return [`under other names ${call.operation} came to ${JSON.stringify(again.events)} instead of ${JSON.stringify(expected)}`];
  return again.refused || same(state, shifted(after)) ? [] : [`under other names ${call.operation} had other effects`];
}

/** The state, with every name further on by as many as have been used up. */
function shifted(state: MachState): MachState {
  const moved = shiftedData(copy(state)) as MachState;
  return { ...moved, tasks: moved.tasks.map((task) => ({ ...task, names: [null, ...nothing, ...task.names.slice(1)] })) } as MachState;
}

const nothing = Array.from({ length: SHIFT }, () => null);

/** A name as data goes with the task whose name it is. */
function shiftedData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shiftedData);
  const record = value as Readonly<Record<string, unknown>>;
  if (typeof record['name'] === 'number' && 'task' in record) return { ...record, name: further(record['name']) };
  return Object.fromEntries(Object.entries(record).map(([key, part]) => [key, shiftedData(part)]));
}

const further = (name: number): Name => (name > 0 ? name + SHIFT : name) as Name;

function shiftedCall(state: MachState, call: MachCall): MachCall {
  const moved = mapLeaves(vocabulary[call.operation].takes, call, (leaf, value) => {
    const symbol = machSymbols.of(leaf, value, state, call);
    return symbol?.space.startsWith('names of') === true ? machSymbols.replace(leaf, value, further(symbol.id)) : value;
  });
  return { ...moved as MachCall, operation: call.operation } as MachCall;
}

const nameKeys = new Set(['name', 'names', 'previous', 'set', 'members', 'ports']);

/** What somebody was seen to get, with other names. */
const shiftedEvent = (event: Event): unknown => ('value' in event ? { ...event, value: shiftedNames(event.value, false) } : event);

function shiftedNames(value: unknown, isName: boolean): unknown {
  if (typeof value === 'number') return isName ? further(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => shiftedNames(part, isName));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shiftedNames(part, nameKeys.has(key))]));
}
