import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import type { Scope } from '#model/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';

/** The longest stretch that one part of a message can be. */
export const LONGEST = 0xffff;
const MEMORY = 0x1_0000;
const MOST_PARTS = 16;

export const process = (party: number) => party as ProcessId;
export const pidOf = (state: QnxState, party: number): Pid => state.processes[party]!.pid;
export const ANYBODY = 0 as Pid;

/** Processes of these priorities, each with memory for the longest message; the first is process 1, for Proc is process 0. */
export const cast = (priorities: readonly number[]): Scope => ({
  priorities: [...priorities],
  policies: priorities.map(() => 'fifo' as const),
  limits: { memory: MEMORY, parts: MOST_PARTS },
});

/** A server, which has the higher priority and so waits before its client runs, and a client. */
export const SERVER = 1;
export const CLIENT = 2;
export const pair = (): Scope => cast([20, 10]);

export const stretch = (length: number): Part => ({ at: 0, length });
export const dispatch: QnxCall = { operation: 'dispatch' };

export const receives = (party: number, buffer: Part): QnxCall =>
  ({ operation: 'Receive', thread: process(party), pid: ANYBODY, buffer });

export const sends = (party: number, to: Pid, message: Part, reply: Part): QnxCall =>
  ({ operation: 'Send', thread: process(party), pid: to, message, reply });

export const replies = (party: number, to: Pid, message: Part): QnxCall =>
  ({ operation: 'Reply', thread: process(party), pid: to, message });

export const kills = (party: number, pid: Pid): QnxCall => ({ operation: 'kill', thread: process(party), pid, signal: 'SIGKILL' });
