import type { ThreadId } from '#spec/chorus/vocabulary';
import { homeOf } from '#model/chorus/naming/resolve';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { Actor, Lock } from '#model/chorus/state';
import { BeyondScope, blocked, change, raised, returned, spoiled } from '#model/operation';

/** The semaphore or lock in a place of the memory of an actor. */
const lockAt = ({ locks }: Actor, at: number, semaphore: boolean): Lock | null => {
  const lock = locks[at] ?? null;
  return lock !== null && (lock.kind === 'semaphore') === semaphore ? lock : null;
};

/** What becomes of threads that wait for what is made anew is nobody's to say. */
function make({ locks }: Actor, at: number, lock: Lock): void {
  if ((locks[at]?.waiting.length ?? 0) > 0) throw new BeyondScope('a lock that is waited for is made anew');
  change(locks)[at] = { ...lock, waiting: [] };
}

/** A thread waits for a lock, behind those that wait already. */
function waitFor({ state }: Pick<Chorus, 'state'>, thread: ThreadId, lock: Lock, at: number) {
  change(lock).waiting = [...lock.waiting, thread];
  change(state.threads[thread]!).run = { tag: 'locking', at };
  return blocked;
}

/** A lock is free: it goes to one of the best priority of those that wait, and stays free where nobody does. */
export const wake = implementing(
  ['chorus/waiting-for-locks-goes-by-priority', 'chorus/semaphores-count-and-wait', 'chorus/locks-exclude-each-other'],
  (world: Chorus<'woken'>, lock: Lock): void => {
    const { state, mechanisms } = world;
    if (lock.waiting.length === 0) {
      change(lock).count += 1;
      return;
    }
    const best = Math.min(...lock.waiting.map((thread) => state.threads[thread]!.priority));
    const thread = world.choose('woken', lock.waiting.filter((id) => state.threads[id]!.priority === best), (id) => `t${id + 1}`);
    mechanisms.answer(world, thread, null);
  },
);

export const semInit: ChorusOperation<'semInit'> = {
  implements: ['chorus/semaphores-count-and-wait'],
  step(world, { thread, semaphore, count }) {
    make(homeOf(world.state, thread), semaphore, { kind: 'semaphore', count, waiting: [] });
    return returned(null);
  },
};

/** Takes one of what the semaphore counts, or waits for it. */
export const semP: ChorusOperation<'semP'> = {
  implements: ['chorus/semaphores-count-and-wait', 'chorus/locks-are-made-first', 'chorus/remembered-abort-is-used-up-once'],
  step(world, { thread, semaphore }) {
    world.charge('trap');
    // Guards.
    const lock = lockAt(homeOf(world.state, thread), semaphore, true);
    if (lock === null) return raised('K_EINVAL');
    // Effect.
    if (lock.count > 0) {
      change(lock).count -= 1;
      return returned(null);
    }
    return world.mechanisms.consumeAbort(world, thread) ? spoiled('K_EABORT', null) : waitFor(world, thread, lock, semaphore);
  },
};

export const semV: ChorusOperation<'semV', 'woken'> = {
  implements: ['chorus/semaphores-count-and-wait', 'chorus/locks-are-made-first'],
  step(world, { thread, semaphore }) {
    world.charge('trap');
    // Guards.
    const lock = lockAt(homeOf(world.state, thread), semaphore, true);
    if (lock === null) return raised('K_EINVAL');
    // Effect.
    world.mechanisms.wake(world, lock);
    return returned(null);
  },
};

/** A mutex or spin lock, free. */
export const mutexInit: ChorusOperation<'mutexInit'> = {
  implements: ['chorus/locks-exclude-each-other'],
  step(world, { thread, mutex, spin }) {
    make(homeOf(world.state, thread), mutex, { kind: spin ? 'spin lock' : 'mutex', count: 1, waiting: [] });
    return returned(null);
  },
};

export const mutexGet: ChorusOperation<'mutexGet'> = {
  implements: ['chorus/locks-exclude-each-other', 'chorus/locks-are-made-first'],
  step(world, { thread, mutex }) {
    // Guards.
    const lock = lockAt(homeOf(world.state, thread), mutex, false);
    if (lock === null) return raised('K_EINVAL');
    // Effect.
    if (lock.count === 0) return waitFor(world, thread, lock, mutex);
    change(lock).count = 0;
    return returned(null);
  },
};

export const mutexTry: ChorusOperation<'mutexTry'> = {
  implements: ['chorus/locks-exclude-each-other', 'chorus/locks-are-made-first'],
  step(world, { thread, mutex }) {
    // Guards.
    const lock = lockAt(homeOf(world.state, thread), mutex, false);
    if (lock === null) return raised('K_EINVAL');
    // Effect.
    const got = lock.count > 0;
    if (got) change(lock).count = 0;
    return returned({ got });
  },
};

/** Frees a lock, whoever has it. */
export const mutexRel: ChorusOperation<'mutexRel', 'woken'> = {
  implements: ['chorus/locks-exclude-each-other', 'chorus/locks-are-made-first'],
  step(world, { thread, mutex }) {
    // Guards.
    const lock = lockAt(homeOf(world.state, thread), mutex, false);
    if (lock === null) return raised('K_EINVAL');
    // Effect.
    if (lock.count === 0) world.mechanisms.wake(world, lock);
    return returned(null);
  },
};
