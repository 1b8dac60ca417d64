import type { MachArguments, MachOperationName, MachReturns, Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { runInPlace, type Event } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Server } from '#model/mach-network/state';

type Asks = <Op extends MachOperationName>(operation: Op, call: Omit<MachArguments<Op>, 'thread'>) => Event;

/** Makes a call of a thread on a machine by itself, before anything else happens there. */
export const atStart = (kernel: MachState, thread: ThreadId): Asks => (operation, call) =>
  runInPlace(mach, kernel, { operation, thread, ...call } as unknown as MachCall, (_kind, options) => options[0]!).events.at(-1)!;

/**
 * Makes a task a network message server: it gets a port set to receive from, a port where it is asked for names, which
 * becomes the bootstrap port of every task, and one where the kernel tells it things.
 */
export function furnish(kernel: MachState, task: TaskId, thread: ThreadId, before: Server | null, asks: Asks): Server {
  const self = { task: { tag: 'identity', identity: task } } as const;
  const allocate = (right: 'receive' | 'port-set'): Name =>
    ((asks('mach_port_allocate', { ...self, right }) as { value: MachReturns<'mach_port_allocate'> }).value).name;
  const set = allocate('port-set');
  const [service, notify] = [allocate('receive'), allocate('receive')];
  for (const member of [service, notify]) asks('mach_port_move_member', { ...self, member, set });
  kernel.tasks.forEach(({ life }, other) => {
    const port = { name: service, disposition: 'make-send' } as const;
    const its = { tag: 'identity', identity: other as TaskId } as const;
    if (life === 'live' && other !== task) asks('task_set_special_port', { task: its, which: 'bootstrap', port });
  });
  const own = (name: Name) => ({ task, name });
  return {
    task, thread, machine: before?.machine ?? machineOf(kernel), bigEndian: before?.bigEndian ?? false,
    set: own(set), service: own(service), notify: own(notify),
    entries: [], outgoing: [], taken: [], settled: [], services: [], lookups: [], clock: before?.clock ?? 0, exports: before?.exports ?? 0,
  };
}

/** How many threads each task has at the start. */
const machineOf = ({ tasks, threads }: MachState): readonly number[] =>
  tasks.map((_, task) => threads.filter((thread) => thread.task === task).length);
