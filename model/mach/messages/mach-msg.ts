import type { MachArguments, ReceivedMessage, ThreadId } from '#spec/mach/vocabulary';
import type { Received, ReceiveChoices } from '#model/mach/messages/receive';
import type { Sent, SendChoices } from '#model/mach/messages/send';
import { isRunnable } from '#model/mach/entries';
import { implementing, type Mach, type MachEffects, type MachOperation } from '#model/mach/world';
import type { MachState, Receive } from '#model/mach/state';
import { blocked, change, ended, raised, returned, spoiled, type Verdict } from '#model/operation';

type Call = MachArguments<'mach_msg'>;
type Effects = MachEffects<'mach_msg', SendChoices | ReceiveChoices>;

/**
 * Sends a message, receives one, or does both: the receive half begins once the send half has succeeded.
 * A sender that has to wait has already given up its rights.
 */
export const machMsg: MachOperation<'mach_msg', SendChoices | ReceiveChoices> = {
  implements: [
    'mach/combined-call-receives-after-success', 'mach/forced-send-ends-the-combined-call',
    'mach/rpc-replies-through-send-once', 'mach/dead-client-turns-replies-away',
  ],

  step(world, call) {
    world.charge('trap');
    const verdict = exchange(world, call);
    return call.send === null ? verdict : world.mechanisms.heldBack(world, call.thread, verdict);
  },
};

function exchange(world: Mach<SendChoices | ReceiveChoices>, call: Call): Verdict<Effects> {
  const { mechanisms, state } = world;
  const wait = receiveHalf(state, call);
  const has = (option: Call['options'][number]) => call.options.includes(option);
  if (call.send !== null) {
    const sent = mechanisms.sendMessage(world, call.thread, call.send, has('send-cancel') ? call.notify : null, {
      timed: has('send-timeout'),
      polls: call.timeout === 0,
      notify: has('send-notify') ? call.notify : null,
      afterwards: wait,
    });
    if (sent.tag !== 'sent') return afterSend(sent);
    if (state.threads[call.thread]!.life === 'dead') return ended;
  }
  if (wait === null) return returned({ message: null });
  const received = mechanisms.receiveMessage(world, call.thread, wait);
  return afterReceive(received, call.send !== null);
}

/** A sender that its own request has ended hears nothing; one that it has suspended is answered when it is resumed. */
export const heldBack = implementing(
  ['mach/request-is-the-call', 'mach/running-needs-zero-suspend-counts'],
  ({ state }: Mach, thread: ThreadId, verdict: Verdict<Effects>): Verdict<Effects> => {
    if (verdict.tag === 'blocked' || verdict.tag === 'raised' || isRunnable(state, thread)) return verdict;
    const caller = change(state.threads[thread]!);
    if (caller.life === 'dead') return ended;
    const { error, value } = verdict as { readonly error?: string; readonly value: unknown };
    caller.run = { tag: 'answered', error: error ?? null, size: 0, given: value === null ? null : JSON.stringify(value) };
    return blocked;
  },
);

/** The receive half of a call, as a waiting thread remembers it. */
function receiveHalf(state: MachState, { thread, receive, options, timeout, notify }: Call): Receive | null {
  if (receive === null) return null;
  const { task } = state.threads[thread]!;
  return {
    tag: 'receive',
    name: { task, name: receive.name },
    size: receive.size,
    large: options.includes('receive-large'),
    timed: options.includes('receive-timeout'),
    polls: options.includes('receive-timeout') && timeout === 0,
    notify: options.includes('receive-notify') ? { task, name: notify } : null,
  };
}

/** How a send half that is not simply over ends the call. */
export function afterSend(sent: Exclude<Sent, { tag: 'sent' }>): Verdict<Effects> {
  switch (sent.tag) {
    case 'waiting': return blocked;
    case 'refused':
      if (!sent.touched) return raised(sent.error);
      return spoiled(sent.error as 'MACH_SEND_INVALID_RIGHT', null);
    case 'destroyed': return spoiled(sent.error, null);
    case 'forced': return spoiled('MACH_SEND_WILL_NOTIFY', null);
    case 'given back': return spoiled(sent.error, sent.message);
  }
}

/** How a receive half ends the call; once something has been sent the state is not what it was. */
export function afterReceive(received: Received, sent: boolean): Verdict<Effects> {
  switch (received.tag) {
    case 'waiting': return blocked;
    case 'received':
      return received.short ? spoiled('MACH_RCV_BODY_ERROR', received.message)
        : returned({ message: received.message as ReceivedMessage | null });
    case 'kept': return spoiled('MACH_RCV_TOO_LARGE', { tag: 'kept', size: received.size });
    case 'destroyed':
      return received.error === 'MACH_RCV_TOO_LARGE'
        ? spoiled(received.error, { tag: 'destroyed', header: received.header })
        : spoiled(received.error, received.header);
    case 'refused': return sent ? spoiled(received.error, null) : raised(received.error);
  }
}
