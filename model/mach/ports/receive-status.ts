import type { Name, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, isReceive, messageCount } from '#model/mach/entries';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Mach, type MachOperation } from '#model/mach/world';
import { NULL, type MachState, type PortId, type Run, type SetId } from '#model/mach/state';
import { change, raised, returned } from '#model/operation';

type Found =
  | { readonly tag: 'found'; readonly port: PortId; readonly task: TaskId }
  | { readonly tag: 'refused'; readonly error: Refusal; readonly touched: boolean };
type Refusal = 'MACH_SEND_INVALID_DEST' | 'KERN_INVALID_TASK' | 'KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT';

/** The port a name receives from. */
function receiveRight(world: Mach, { thread, task, name }: {
  readonly thread: ThreadId; readonly task: Reference<TaskId>; readonly name: Name;
}): Found {
  const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
  if (target.tag === 'missing') return { tag: 'refused', error: target.error, touched: target.touched };
  const entry = entryOf(world.state, target.id, name);
  if (isReceive(entry)) return { tag: 'found', port: entry.port, task: target.id };
  return { tag: 'refused', error: entry === null ? 'KERN_INVALID_NAME' : 'KERN_INVALID_RIGHT', touched: false };
}

/** What the holder of a receive right can see of its port. */
export const getReceiveStatus: MachOperation<'mach_port_get_receive_status'> = {
  implements: ['mach/receive-status-reports-the-port', 'mach/receive-status-refuses-other-rights'],

  step(world, call) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const found = receiveRight(world, call);
    if (found.tag === 'refused') return refused(found.error, found.touched);
    // Effect.
    const port = state.ports[found.port]!;
    return returned({
      set: port.set === null ? NULL : nameOfSet(state, found.task, port.set),
      sequence: port.sequence,
      makeSend: port.makeSend,
      queueLimit: port.queueLimit,
      messages: messageCount(state, found.port),
      sendOnceRights: port.sendOnceRights,
      sendRights: port.sendRights > 0,
      portDestroyedRequest: port.portDestroyed !== null,
      noSendersRequest: port.noSenders !== null,
    });
  },
};

function nameOfSet(state: MachState, task: TaskId, set: SetId): Name {
  return state.tasks[task]!.names.findIndex((entry) => entry?.tag === 'set' && entry.set === set) as Name;
}

/** Sets how many messages may queue. Senders that now have room may try again; nothing queued is lost. */
export const setQlimit: MachOperation<'mach_port_set_qlimit', 'sender' | 'error'> = {
  implements: ['mach/set-qlimit-refuses-limits-above-maximum', 'mach/dequeue-wakes-one-sender'],

  step(world, call) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const tooLarge = call.limit > state.limits.maximumQueueLimit;
    const found = receiveRight(world, call);
    if (found.tag === 'refused' && isMissing(found.error)) return refused(found.error, found.touched);
    if (tooLarge) {
      return raised(chooseError(world, found.tag === 'refused' ? ['KERN_INVALID_VALUE', found.error] : ['KERN_INVALID_VALUE']));
    }
    if (found.tag === 'refused') return refused(found.error, found.touched);
    // Effect.
    const port = change(state.ports[found.port]!);
    const more = Math.max(0, call.limit - port.queueLimit);
    port.queueLimit = call.limit;
    for (let i = 0; i < more && port.senders.length > 0; i += 1) wakeOne(world, found.port);
    return returned(null);
  },
};

const isMissing = (error: Refusal): boolean => error === 'MACH_SEND_INVALID_DEST' || error === 'KERN_INVALID_TASK';

function wakeOne(world: Mach<'sender'>, id: PortId): void {
  const { state } = world;
  const port = change(state.ports[id]!);
  const thread = world.choose('sender', port.senders, (option) => `t${option + 1}`);
  port.senders = port.senders.filter((other) => other !== thread);
  const { run } = state.threads[thread]!;
  change(state.threads[thread]!).run = { ...(run as Extract<Run, { tag: 'sending' }>), woken: true };
}

export const setMscount: MachOperation<'mach_port_set_mscount'> = {
  implements: ['mach/make-send-count-grows-by-make-send', 'mach/receive-status-refuses-other-rights'],

  step(world, call) {
    world.charge('trap');
    // Guards.
    const found = receiveRight(world, call);
    if (found.tag === 'refused') return refused(found.error, found.touched);
    // Effect.
    change(world.state.ports[found.port]!).makeSend = call.makeSend;
    return returned(null);
  },
};

export const setSeqno: MachOperation<'mach_port_set_seqno'> = {
  implements: ['mach/dequeue-advances-the-sequence-number', 'mach/receive-status-refuses-other-rights'],

  step(world, call) {
    world.charge('trap');
    // Guards.
    const found = receiveRight(world, call);
    if (found.tag === 'refused') return refused(found.error, found.touched);
    // Effect.
    change(world.state.ports[found.port]!).sequence = call.sequence;
    return returned(null);
  },
};
