import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Spelling } from '#traces/spelling';

const numberOf = (text: string): number => Number(text.slice(1));

/** Processes are spelled `P1`, Proc `P0`; pids `p2`, and the pid 0 `p0`. */
export const qnxSpelling: Spelling<QnxState, QnxCall> = {
  spell: (leaf, value) => `${leaf.sort === 'process' ? 'P' : 'p'}${value as number}`,
  read: (_leaf, text) => numberOf(text),
  thread: (process) => `P${process}`,
  readThread: numberOf,
};
