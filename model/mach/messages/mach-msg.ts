import type { MachArguments, ReceivedMessage } from '#spec/mach/vocabulary';
import type { Received, ReceiveChoices } from '#model/mach/messages/receive';
import type { Sent, SendChoices } from '#model/mach/messages/send';
import type { MachEffects, MachOperation } from '#model/mach/world';
import type { MachState, Receive } from '#model/mach/state';
import { blocked, raised, returned, spoiled, type Verdict } from '#model/operation';

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
    }
    if (wait === null) return returned({ message: null });
    const received = mechanisms.receiveMessage(world, call.thread, wait);
    return afterReceive(received, call.send !== null);
  },
};

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
