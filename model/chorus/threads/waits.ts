import type { ThreadId } from '#spec/chorus/vocabulary';
import { implementing, type Chorus } from '#model/chorus/world';
import type { Answer, ChorusState, Run, Thread } from '#model/chorus/state';
import { change } from '#model/operation';

const NOTHING: Answer = { tag: 'nothing' };

/** Ends whatever a thread waits for. It gives its answer when it next runs. */
export const answer = implementing(
  ['chorus/stopped-actors-run-nothing'],
  ({ state }: Pick<Chorus, 'state'>, id: ThreadId, error: string | null, value: Answer = NOTHING): void => {
    const thread = change(state.threads[id]!);
    thread.run = { tag: 'answered', error, answer: value };
    const actor = change(state.actors[thread.actor]!);
    actor.waiting = actor.waiting.filter((other) => other !== id);
    leaveLocks(state, id);
  },
);

/** A thread waits for no lock any more. */
export function leaveLocks(state: ChorusState, id: ThreadId): void {
  for (const lock of state.actors[state.threads[id]!.actor]!.locks) {
    if (lock?.waiting.includes(id) === true) change(lock).waiting = lock.waiting.filter((other) => other !== id);
  }
}

/** Whether a thread may be elected, if it does not wait. */
export function isEligible(state: ChorusState, id: ThreadId): boolean {
  const { life, active, suspends, actor } = state.threads[id]!;
  const home = state.actors[actor]!;
  return life === 'live' && active && suspends === 0 && !home.stopped;
}

/** Whether a wait may be broken off. */
export function isAbortable(state: ChorusState, { run, actor }: Thread): boolean {
  switch (run.tag) {
    case 'receiving':
    case 'calling': return run.abortable;
    case 'delaying': return true;
    case 'locking': return state.actors[actor]!.locks[run.at]?.kind === 'semaphore';
    default: return false;
  }
}

/** Whether a thread waits, and for a limited time. */
export const isTimed = (run: Run): boolean =>
  (run.tag === 'receiving' || run.tag === 'calling' || run.tag === 'delaying') && run.timed;

/**
 * Breaks off an abortable wait. A thread that is not in one remembers that it was aborted, until it comes to
 * one or asks.
 */
export const abortThread = implementing(
  ['chorus/abort-ends-abortable-waits', 'chorus/abort-is-remembered-otherwise', 'chorus/abort-reaches-the-server'],
  (world: Chorus, id: ThreadId): void => {
    const { state, mechanisms } = world;
    const thread = change(state.threads[id]!);
    const { run } = thread;
    if (!isAbortable(state, thread)) {
      thread.aborted = true;
      return;
    }
    if (run.tag === 'calling') mechanisms.abandonCall(world, run.transaction, true);
    mechanisms.answer(world, id, 'K_EABORT');
  },
);

/** An abort that is remembered makes the next abortable wait end before it begins, once. */
export const consumeAbort = implementing(
  ['chorus/remembered-abort-is-used-up-once'],
  ({ state }: Pick<Chorus, 'state'>, id: ThreadId): boolean => {
    if (!state.threads[id]!.aborted) return false;
    change(state.threads[id]!).aborted = false;
    return true;
  },
);
