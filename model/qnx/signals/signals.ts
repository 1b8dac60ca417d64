import { lookupFor } from '#model/qnx/entries';
import { isByPriority } from '#model/qnx/messages/queue';
import { endedCaller } from '#model/qnx/processes/caller';
import { isUncatchable } from '#model/qnx/signals/post';
import { downErrors, type FarError } from '#model/qnx/network/question';
import { placeOf, processFlags, signals } from '#model/qnx/words';
import type { QnxOperation } from '#model/qnx/world';
import { blocked, change, raised, returned } from '#model/operation';

/** Sends a signal, which carries nothing and for which nobody waits. */
export const kill: QnxOperation<'kill'> = {
  implements: ['qnx/kill-makes-a-signal-pending', 'qnx/signals-carry-no-data', 'qnx/signal-does-its-action'],

  step(world, { thread, pid, signal }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = lookupFor(state, thread, pid);
    const errors: ('ESRCH' | 'EINVAL' | 'EPERM' | FarError)[] = [];
    if (signal === 'other') errors.push('EINVAL');
    if (target === null || target.tag === 'proxy') errors.push('ESRCH');
    else if (target.tag === 'zombie'
      && world.choose('zombie', ['is there', 'is not there'] as const, (option) => option) === 'is not there') errors.push('ESRCH');
    else if (target.tag === 'circuit') errors.push(...downErrors(state));
    else if (!mechanisms.maySignal(state, thread, target.process)) errors.push('EPERM');
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    if (target?.tag === 'circuit' && signal !== 'other') return mechanisms.killAfar(world, thread, target.process, signal);
    if (target?.tag !== 'process' || signal === 'none' || signal === 'other') return returned(null);
    // Effect.
    mechanisms.post(world, target.process, signal);
    if (state.processes[thread]!.life !== 'live') return endedCaller(world, thread);
    if (!state.processes[thread]!.held) return returned(null);
    change(state.processes[thread]!).run = { tag: 'answered', answer: { tag: 'done' } };
    return blocked;
  },
};

/** Says what is to be done about a signal from now on. */
export const sigaction: QnxOperation<'sigaction'> = {
  implements: ['qnx/ignoring-discards-pending-signals', 'qnx/signal-does-its-action'],

  step(world, { thread, signal, action }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    if (signal === 'other' || isUncatchable(state.processes[thread]!, signal)) return raised('EINVAL');
    // Effect.
    const process = change(state.processes[thread]!);
    const place = placeOf(signal);
    const before = process.actions[place]!;
    process.actions[place] = action;
    mechanisms.discardIgnored(world, thread);
    mechanisms.notice(world, thread);
    return state.processes[thread]!.life === 'live' ? returned({ action: before }) : endedCaller(world, thread);
  },
};

/** Says which signals are to wait. */
export const sigprocmask: QnxOperation<'sigprocmask'> = {
  implements: ['qnx/kill-makes-a-signal-pending'],

  step(world, { thread, how, signals: named }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    if (how === 'other') return raised('EINVAL');
    // Effect.
    const process = change(state.processes[thread]!);
    const mask = signals.filter((_, place) => process.mask[place]);
    process.mask = signals.map((signal, place) => {
      const named_ = named.includes(signal);
      if (how === 'set') return named_;
      return how === 'block' ? process.mask[place]! || named_ : process.mask[place]! && !named_;
    });
    mechanisms.notice(world, thread);
    return state.processes[thread]!.life === 'live' ? returned({ mask }) : endedCaller(world, thread);
  },
};

export const sigpending: QnxOperation<'sigpending'> = {
  implements: ['qnx/kill-makes-a-signal-pending'],

  step(world, { thread }) {
    world.charge('trap');
    const { pending } = world.state.processes[thread]!;
    return returned({ pending: signals.filter((_, place) => pending[place]! > 0) });
  },
};

/** What the caller's handlers wrote down; they begin anew. */
export const handled: QnxOperation<'handled'> = {
  implements: ['qnx/signal-does-its-action'],

  step(world, { thread }) {
    const process = change(world.state.processes[thread]!);
    const noted = [...process.handled];
    process.handled = [];
    return returned({ signals: noted });
  },
};

/** Sets and clears the flags of the caller. */
export const pflags: QnxOperation<'qnx_pflags'> = {
  implements: ['qnx/queue-keeps-its-order', 'qnx/sigcatch-holds-the-client'],

  step(world, { thread, set, clear }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const process = change(state.processes[thread]!);
    const flags = [...process.flags];
    const ordered = isByPriority(process);
    process.flags = processFlags.filter((flag) => set.includes(flag) || (flags.includes(flag) && !clear.includes(flag)));
    if (isByPriority(process) !== ordered) mechanisms.reorder(world, thread);
    mechanisms.notice(world, thread);
    return state.processes[thread]!.life === 'live' ? returned({ flags }) : endedCaller(world, thread);
  },
};
