import type { ThreadId } from '#spec/mach/vocabulary';
import { messageBytes } from '#model/mach/entries';
import type { FaultChoices, Touched } from '#model/mach/memory/touch';
import { newPort } from '#model/mach/ports/new-port';
import { copySend } from '#model/mach/tasks/special-ports';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Carried, Item, MachState, Message, PortId, Run, Touch } from '#model/mach/state';
import { change } from '#model/operation';

type Raising = Extract<Run, { tag: 'raising' }>;
export type Fault = Raising['fault'];

export const EXCEPTION_RAISE = 2400;
const REPLY = 100;
const EXC_BAD_ACCESS = 1;
const codes: Readonly<Record<Fault, number>> = {
  KERN_INVALID_ADDRESS: 1, KERN_PROTECTION_FAILURE: 2, KERN_MEMORY_ERROR: 10,
};

/** Asks the thread's handler, then the task's. With nobody to ask, the victim dies. */
export const raiseException = implementing(
  ['mach/exceptions-go-to-thread-then-task', 'mach/absent-page-raises-no-exception'],
  (world: Mach<FaultChoices>, thread: ThreadId, level: 'thread' | 'task', fault: Fault, touch: Touch): Touched => {
    const { state, mechanisms } = world;
    const { task, exception } = state.threads[thread]!;
    if (level === 'thread' && isLive(state, exception)) return askHandler(world, thread, exception!, level, fault, touch);
    const last = state.tasks[task]!.exception;
    if (isLive(state, last)) return askHandler(world, thread, last!, 'task', fault, touch);
    return mechanisms.endVictim(world, thread);
  },
);

const isLive = ({ ports }: MachState, right: Carried | null): boolean =>
  right !== null && right.tag === 'right' && ports[right.port]!.life === 'live';

function askHandler(
  world: Mach<Cascade>, thread: ThreadId, handler: Carried, level: Raising['level'], fault: Fault, touch: Touch,
): Touched {
  const { state, mechanisms } = world;
  const reply = newPort(state, 'reply');
  change(state.ports[reply]!).sendOnceRights += 1;
  change(state.threads[thread]!).run = { tag: 'raising', level, reply, fault, touch, verdict: null, broken: null };
  mechanisms.sendException(world, thread, handler, reply, fault, touch.address);
  return { tag: 'waiting' };
}

/** The request to a handler: which thread of which task, and why; and where the answer goes. */
export const sendException = implementing(
  ['mach/exceptions-go-to-thread-then-task', 'mach/kernel-messages-ignore-queue-limits'],
  (world: Mach<Cascade>, thread: ThreadId, handler: Carried, reply: PortId, fault: Fault, address: number): void => {
    const { state } = world;
    const { self, task } = state.threads[thread]!;
    const { port, kind } = copySend(state, handler) as Extract<Carried, { tag: 'right' }>;
    const body: readonly Item[] = [
      { tag: 'rights', kind: 'send', rights: [copySend(state, self)], long: false },
      { tag: 'rights', kind: 'send', rights: [copySend(state, state.tasks[task]!.self)], long: false },
      integerItem(EXC_BAD_ACCESS), integerItem(codes[fault]), integerItem(address),
    ];
    world.mechanisms.enqueue(world, requestOf(state, EXCEPTION_RAISE, { port, kind }, { tag: 'right', port: reply, kind: 'send-once' }, body));
  },
);

/** A message by which the kernel asks something of a task. */
export function requestOf(
  state: MachState, id: number, destination: Message['destination'], reply: Carried, body: readonly Item[],
): Message {
  return {
    tag: 'message', id, destination, reply, complex: body.some(({ tag }) => tag === 'rights'), body,
    size: messageBytes(body), circular: false, accepted: null, moment: 0, arrival: 0,
    serial: change(state).serial++, sender: -2,
  };
}

const INTEGER = 2;
const INTEGER_BITS = 32;

/** A number in a message, lowest byte first. */
export function integerItem(value: number): Item {
  const bytes = [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
  return { tag: 'data', type: INTEGER, bits: INTEGER_BITS, bytes, long: false };
}

const BOOLEAN = 0;

/** Whether something is so, as a message says it. */
export const booleanItem = (value: boolean): Item =>
  ({ tag: 'data', type: BOOLEAN, bits: INTEGER_BITS, bytes: value ? '01000000' : '00000000', long: false });

/**
 * What comes back to the kernel's reply port, for which nobody waits any longer if the thread has ended. Only a
 * well-formed success counts as such.
 */
export const takeExceptionReply = implementing(
  ['mach/exceptions-go-to-thread-then-task'],
  (world: Mach<Cascade>, message: Message): void => {
    const { state, mechanisms } = world;
    const { port, kind } = message.destination;
    if (kind === 'send-once') mechanisms.dropSendOnce(world, port);
    else mechanisms.releaseSend(world, port);
    mechanisms.destroyRight(world, message.reply);
    mechanisms.destroyBody(world, message);
    const thread = state.threads.findIndex(({ run }) => run.tag === 'raising' && run.reply === port);
    const run = state.threads[thread]?.run;
    if (run?.tag !== 'raising') {
      mechanisms.killPort(world, port);
      return;
    }
    const [first, ...more] = message.body;
    const isGood = message.id === EXCEPTION_RAISE + REPLY && !message.complex && more.length === 0
      && first?.tag === 'data' && first.type === INTEGER && first.bits === INTEGER_BITS && first.bytes === '00000000';
    change(state.threads[thread]!).run = { ...run, verdict: isGood ? 'handled' : 'failed' };
    mechanisms.killPort(world, port);
  },
);

/** Nobody handles it: the whole task goes, or the thread alone. */
export const endVictim = implementing(
  ['mach/exceptions-go-to-thread-then-task', 'mach/unhandled-exception-ends-task-or-thread'],
  (world: Mach<FaultChoices>, thread: ThreadId): Touched => {
    const { state, mechanisms } = world;
    const scope = world.choose('unhandled exception', ['task', 'thread'] as const, (what) => what);
    if (scope === 'task') mechanisms.killTask(world, state.threads[thread]!.task);
    else mechanisms.killThread(world, thread);
    return { tag: 'ended' };
  },
);

/** What a thread does that has its answer: try the access again, ask the next handler, or die. */
export const afterException = implementing(
  ['mach/exceptions-go-to-thread-then-task', 'mach/dead-reply-port-counts-as-handled'],
  (world: Mach<FaultChoices>, thread: ThreadId, { level, fault, touch, verdict }: Raising): Touched => {
    const { state, mechanisms } = world;
    change(state.threads[thread]!).run = { tag: 'ready' };
    if (verdict !== 'failed') return mechanisms.touchByte(world, thread, touch);
    return level === 'thread'
      ? mechanisms.raiseException(world, thread, 'task', fault, touch)
      : mechanisms.endVictim(world, thread);
  },
);
