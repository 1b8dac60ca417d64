import { mapLeaves, type Leaf } from '#spec/vocabulary';
import { qnxVocabulary, type Pid } from '#spec/qnx/vocabulary';
import { ANY, type QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { qnxSpelling } from '#traces/qnx/spelling';
import type { Symbol } from '#properties/suite';
import type { Binding } from '#traces/binding';
import type { Expected, Wire } from '#traces/wire';

const vocabulary = qnxVocabulary('model');
const PIDS = 'pid';

/**
 * Pids in answers cross as the implementation's own numbers. As an argument the pid of a process crosses as
 * the handle of the process, whose pid the implementation knows; that of anything else as its number.
 */
export const qnxWire: Wire<QnxState, QnxCall> = {
  encode(state, call, binding, invent) {
    const { takes } = vocabulary[call.operation];
    const arguments_ = mapLeaves(takes, call, (leaf, value) => {
      const expected = expect(leaf, value, state);
      if (expected.tag === 'just') return expected.value;
      return binding.numberOf(expected.space, expected.id) ?? invent();
    });
    return { operation: call.operation, ...(arguments_ as object) };
  },

  decode(state, call, binding) {
    const operation = call.operation as QnxCall['operation'];
    const invented: Symbol[] = [];
    const decoded = mapLeaves(vocabulary[operation].takes, call, (leaf, value) => {
      if (leaf.sort === 'process') return qnxSpelling.read(leaf, value as string);
      if (leaf.sort === 'far-pid') return value;
      return typeof value === 'string' ? pidOfHandle(state, qnxSpelling.readThread(value)) : pidOfNumber(state, value as number, binding, invented);
    }) as object;
    return { call: { operation, ...decoded } as QnxCall, invented };
  },

  expect: (leaf, value, state) => expect(leaf, value, state),
};

function expect(leaf: Leaf, value: unknown, state: QnxState): Expected {
  if (leaf.sort === 'process') return { tag: 'just', value: qnxSpelling.spell(leaf, value) };
  if (leaf.sort === 'far-pid') return { tag: 'just', value };
  const pid = value as Pid;
  if (pid === ANY) return { tag: 'just', value: 0 };
  const process = leaf.sort === 'pid' ? state.processes.findLastIndex((one) => one.pid === pid) : -1;
  return process < 0 ? { tag: 'name', space: PIDS, id: pid } : { tag: 'just', value: qnxSpelling.thread(process) };
}

const pidOfHandle = (state: QnxState, process: number): Pid => state.processes[process]?.pid ?? state.nextPid as Pid;

/** The pid a number stands for: one that is known, or one that denotes nothing. */
function pidOfNumber(state: QnxState, number: number, binding: Binding, invented: Symbol[]): Pid {
  if (number === 0) return ANY;
  const bound = binding.nameOf(PIDS, number);
  if (bound !== undefined) return bound as Pid;
  const id = state.nextPid + UNUSED + invented.length;
  invented.push({ space: PIDS, id });
  binding.bind(PIDS, id, number);
  return id as Pid;
}

/** Pids that denote nothing are far from those that are given out next. */
const UNUSED = 1000;
