import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, MachState, Run } from '#model/mach/state';
import { callerEvent, callerTask, isLive, threadName } from '#properties/mach/facts';
import { besides } from '#properties/mach/laws/changes';
import { once } from '#properties/mach/laws/ledger';
import { Before, differences, hasPagers } from '#properties/mach/laws/memory/answers';
import { Eager, touchOf } from '#properties/mach/laws/memory/eager';
import type { MachStep } from '#properties/mach/obligation';

/** Why an access to one byte cannot be: nothing is mapped there, or what is does not allow it. */
export function faultAt(state: MachState, task: TaskId, what: 'load' | 'store', address: number): string | null {
  const before = new Before(Eager.of(state), task);
  const byte = { address, size: 1 };
  const unreadable = what === 'load' || state.variant === 'gnumach' ? before.faults(byte, 'read') : [];
  return [...unreadable, ...(what === 'store' ? before.faults(byte, 'write') : [])][0] ?? null;
}

/** Whose exception port is asked first: the thread's, the task's, or nobody's. */
export function firstHandler(state: MachState, thread: ThreadId): 'thread' | 'task' | null {
  if (isThere(state, state.threads[thread]!.exception)) return 'thread';
  return isThere(state, state.tasks[state.threads[thread]!.task]!.exception) ? 'task' : null;
}

const isThere = (state: MachState, right: Carried | null): boolean => right?.tag === 'right' && isLive(state, right.port);

/** What is wrong with a touch: it goes through where it may not, or not where it may, or touches something else. */
export const wrongTouch = once((step): readonly string[] => {
  if (step.before.memory === null) return [];
  const { thread } = step.call as { thread: ThreadId };
  const { what, address } = touchOf(step, thread)!;
  const fault = faultAt(step.before, callerTask(step), what, address);
  const event = callerEvent(step);
  const strayed = differences(step).map(({ text }) => text);
  if (fault === null) {
    if (event?.tag !== 'returned' && isPaged(step.before, callerTask(step), address) && isForPagers(step, thread)) return strayed;
    return event?.tag === 'returned' ? [...strayed, ...(hasPagers(step) ? [] : besides(step))] : [...strayed, `${threadName(thread)} may not touch ${address}, though it may`];
  }
  if (event?.tag === 'returned') return [`${threadName(thread)} touches ${address} in spite of ${fault}`];
  const { run } = step.after.threads[thread]!;
  const isRaised = event?.tag === 'ended' || (run.tag === 'raising' && run.fault === fault && isSameTouch(run, step));
  return [...strayed, ...(isRaised ? [] : [`${threadName(thread)} has no exception for ${fault}`])];
});

/** Whether a pager has a say in what a task sees at an address, or in a copy of it. */
export function isPaged({ memory }: MachState, task: TaskId, address: number): boolean {
  const mapping = memory!.spaces[task]!.pages[Math.floor(address / memory!.pageSize)] ?? null;
  const copy = mapping === null ? null : memory!.objects[mapping.object]!.copy;
  if (copy !== null && memory!.objects[copy]!.pager !== null) return true;
  for (let at: number | null = mapping?.object ?? null; at !== null; at = memory!.objects[at]!.shadow) {
    if (memory!.objects[at]!.pager !== null) return true;
  }
  return false;
}

/** A touch that waits for a pager, or that has failed because of one, is for the laws of pagers. */
const isForPagers = ({ after }: MachStep, thread: ThreadId): boolean => {
  const { run, life } = after.threads[thread]!;
  return life === 'dead' || run.tag === 'faulting' || (run.tag === 'raising' && run.fault === 'KERN_MEMORY_ERROR');
};

function isSameTouch({ touch }: Extract<Run, { tag: 'raising' }>, { call }: MachStep): boolean {
  if (call.operation === 'load') return touch.tag === 'load' && touch.address === call.address;
  return call.operation === 'store' && touch.tag === 'store' && touch.address === call.address && touch.byte === call.byte;
}
