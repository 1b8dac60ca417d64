import { isProc, lookup } from '#model/qnx/entries';
import { standInErrors } from '#model/qnx/network/stand-in';
import type { Replying } from '#model/qnx/state';
import type { QnxOperation } from '#model/qnx/world';
import { raised, returned, spoiled } from '#model/operation';

/** Passes a client on: from now on it waits for another process, as though it had sent its message there. */
export const relay: QnxOperation<'Relay'> = {
  implements: ['qnx/relay-passes-a-message-on'],

  step(world, { thread, pid, to }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const client = mechanisms.clientOf(state, thread, pid);
    const target = lookup(state, to);
    if (client === null || state.processes[client]!.circuit !== null) return raised('ESRCH');
    if (target === null || target.tag === 'zombie' || target.tag === 'circuit') return raised('ESRCH');
    if (target.tag === 'proxy' && standInErrors(state, target.proxy).length > 0) return raised('ESRCH');
    // Effect.
    const { sent } = state.processes[client]!.run as Replying;
    if (target.tag === 'proxy' || isProc(target.process)) {
      if (target.tag === 'proxy') mechanisms.trigger(world, target.proxy);
      mechanisms.wake(world, client, { tag: 'replied', reply: sent.reply });
    } else if (mechanisms.offer(world, client, target.process, sent) === 'faults') {
      return spoiled('EDSTFAULT', null);
    }
    mechanisms.notice(world, client);
    return returned(null);
  },
};
