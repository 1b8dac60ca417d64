import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { answer } from '#model/chorus/threads/waits';
import { change } from '#model/operation';
import { actorAt, isBlocked, isCall, outcomeOf, returned, threadName, valueOf } from '#properties/chorus/facts';
import { around } from '#properties/chorus/laws/faults';
import type { ChorusLaws, ChorusMutants, ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

/**
 * A condition variable as it is built: a semaphore that was made to count nothing, which threads take only just after
 * they have left the lock of the monitor, and give only while they have it.
 */
interface Condition {
  /** The lock of its monitor, once that is known. */
  lock: number | null;
  /** Signals given to threads that had left the monitor to wait, and did not wait yet. */
  pending: number;
  readonly waiting: Set<ThreadId>;
}

/** What can be known of one actor's locks from the calls of its threads alone. */
interface Monitors {
  readonly holders: Map<number, ThreadId | null>;
  readonly conditions: Map<number, Condition>;
  /** Threads whose last call was to leave a lock that they had. */
  readonly left: Map<ThreadId, number>;
}

type Watched = Map<ActorId, Monitors>;

function monitorsOf(seen: Watched, actor: ActorId): Monitors {
  let found = seen.get(actor);
  if (found === undefined) seen.set(actor, found = { holders: new Map(), conditions: new Map(), left: new Map() });
  return found;
}

/** A thread has got a lock: nobody else may have it. */
function enters({ holders }: Monitors, lock: number, thread: ThreadId): readonly string[] {
  const holder = holders.get(lock);
  holders.set(lock, thread);
  return holder === undefined || holder === null ? [] : [`${threadName(thread)} enters a monitor that ${threadName(holder)} is in`];
}

/** The lock a thread waits for, if it waits for one. */
const lockWaitedFor = ({ threads, actors }: ChorusState, thread: ThreadId): number | null => {
  const { run, actor } = threads[thread]!;
  return run.tag === 'locking' && actors[actor]!.locks[run.at]?.kind !== 'semaphore' ? run.at : null;
};

/** The threads whose waiting for something ended well in a step, other than its caller. */
const freed = (step: ChorusStep, threads: Iterable<ThreadId>): readonly ThreadId[] =>
  [...threads].filter((thread) => outcomeOf(step, thread)?.error === null);

/** Takes note of who has which lock. */
function watchLocks(own: Monitors, step: ChorusStep): readonly string[] {
  const { call, before } = step;
  if (isCall(step, 'mutexInit')) own.holders.set(step.call.mutex, null);
  if (isCall(step, 'mutexTry') && returned(step) && valueOf<{ got: boolean }>(step).got) return enters(own, step.call.mutex, step.call.thread);
  if (isCall(step, 'mutexGet') && returned(step)) return enters(own, step.call.mutex, step.call.thread);
  if (!isCall(step, 'mutexRel') || !returned(step)) return [];
  const { mutex, thread } = call as { mutex: number; thread: ThreadId };
  if (own.holders.get(mutex) === thread) own.left.set(thread, mutex);
  own.holders.set(mutex, null);
  const next = before.threads.flatMap(({ actor }, id) => (actor === actorAt(before, thread) && lockWaitedFor(before, id as ThreadId) === mutex ? [id as ThreadId] : []));
  return freed(step, next).flatMap((id) => enters(own, mutex, id));
}

/** A thread begins to wait: it has left the monitor, and goes on at once only if it was signalled since. */
function waits({ conditions, left }: Monitors, step: ChorusStep, semaphore: number, thread: ThreadId): readonly string[] {
  const condition = conditions.get(semaphore);
  const lock = left.get(thread);
  if (condition === undefined) return [];
  if (lock === undefined || (condition.lock !== null && condition.lock !== lock)) {
    conditions.delete(semaphore);
    return [];
  }
  condition.lock = lock;
  if (isBlocked(step)) {
    condition.waiting.add(thread);
    return condition.pending === 0 ? [] : [`${threadName(thread)} waits for a signal that it was given`];
  }
  if (!returned(step)) return [];
  condition.pending -= 1;
  return condition.pending >= 0 ? [] : [`${threadName(thread)} goes on without a signal`];
}

/** A thread in the monitor signals: one that waits goes on, or one that is about to will not have to. */
function signals({ conditions, holders, left }: Monitors, step: ChorusStep, semaphore: number, thread: ThreadId): readonly string[] {
  const condition = conditions.get(semaphore);
  if (condition === undefined) return [];
  const inside = [...holders].find(([lock, holder]) => holder === thread && (condition.lock === null || condition.lock === lock));
  const onTheWay = [...left].some(([other, lock]) => other !== thread && lock === inside?.[0]);
  if (inside === undefined || (condition.waiting.size === 0 && !onTheWay)) {
    conditions.delete(semaphore);
    return [];
  }
  const [waited, gone] = [condition.waiting.size, freed(step, condition.waiting)];
  for (const other of gone) condition.waiting.delete(other);
  if (waited === 0) condition.pending += 1;
  return waited === 0 || gone.length === 1 ? [] : [`a signal lets ${gone.length} threads go on of ${waited} that wait`];
}

/** Those that wait are let go on by signals alone; an abort or the end of a thread is another matter. */
function goOn({ conditions }: Monitors, step: ChorusStep): readonly string[] {
  const wrong: string[] = [];
  for (const { waiting } of conditions.values()) {
    for (const thread of waiting) {
      const outcome = step.after.threads[thread]!.life === 'dead' ? { error: 'gone' } : outcomeOf(step, thread);
      if (outcome === null) continue;
      waiting.delete(thread);
      if (outcome.error === null) wrong.push(`${threadName(thread)} goes on without a signal`);
    }
  }
  return wrong;
}

function watch(seen: Watched, step: ChorusStep): readonly string[] {
  const { call, before } = step;
  const wrong: string[] = [];
  if ('thread' in call && call.thread !== null && before.threads[call.thread] !== undefined) {
    const { thread } = call;
    const own = monitorsOf(seen, actorAt(before, thread));
    if (isCall(step, 'semInit') && returned(step)) {
      own.conditions.delete(step.call.semaphore);
      if (step.call.count === 0) own.conditions.set(step.call.semaphore, { lock: null, pending: 0, waiting: new Set() });
    }
    if (isCall(step, 'semP')) wrong.push(...waits(own, step, step.call.semaphore, thread));
    if (isCall(step, 'semV') && returned(step)) wrong.push(...signals(own, step, step.call.semaphore, thread));
    own.left.delete(thread);
    wrong.push(...watchLocks(own, step));
    // A place is made anew as something else.
    if (isCall(step, 'mutexInit')) own.conditions.delete(step.call.mutex);
    if (isCall(step, 'semInit')) own.holders.delete(step.call.semaphore);
  }
  for (const own of seen.values()) wrong.push(...goOn(own, step));
  return wrong;
}

const hasTakenLock = ({ before, call }: ChorusStep): boolean =>
  'thread' in call && before.actors[actorAt(before, call.thread)]!.locks.some((lock) => lock !== null && lock.kind !== 'semaphore' && lock.count === 0);

const semaphoreOf = ({ before, call }: ChorusStep) =>
  (call.operation === 'semV' ? before.actors[actorAt(before, call.thread)]!.locks[call.semaphore] ?? null : null);

export const conditionVariableLaws = {
  'chorus/condition-variables-are-built': {
    monitor: monitor<ChorusState, ChorusCall, Watched>({ start: () => new Map(), next: watch }),
    sometimes: {
      'a thread that waits for a condition is signalled': (step) => hasTakenLock(step) && (semaphoreOf(step)?.waiting.length ?? 0) > 0,
      'a thread is signalled before it waits': (step) => hasTakenLock(step) && semaphoreOf(step)?.waiting.length === 0,
      'a thread leaves a monitor that others wait to enter': (step) => isCall(step, 'mutexRel')
        && (step.before.actors[actorAt(step.before, step.call.thread)]!.locks[step.call.mutex]?.waiting.length ?? 0) > 1,
    },
  },
} satisfies ChorusLaws;

export const conditionVariableMutants: ChorusMutants = {
  'early-signal-is-lost': {
    rule: 'chorus/condition-variables-are-built',
    fault: 'a signal is forgotten if the thread it is for does not wait yet',
    operations: around('semV', (world, call, step) => {
      const lock = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.semaphore];
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && lock!.count > 0) change(lock!).count -= 1;
      return verdict;
    }),
  },
  'signal-is-a-broadcast': {
    rule: 'chorus/condition-variables-are-built',
    fault: 'a signal lets all go on that wait',
    operations: around('semV', (world, call, step) => {
      const waiting = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.semaphore]?.waiting ?? [];
      const verdict = step(world, call);
      if (verdict.tag === 'returned') for (const thread of waiting) if (world.state.threads[thread]!.run.tag === 'locking') answer(world, thread, null);
      return verdict;
    }),
  },
  'monitor-lets-all-in-that-wait': {
    rule: 'chorus/condition-variables-are-built',
    fault: 'whoever leaves a monitor lets all in that wait to enter it',
    operations: around('mutexRel', (world, call, step) => {
      const waiting = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.mutex]?.waiting ?? [];
      const verdict = step(world, call);
      if (verdict.tag === 'returned') for (const thread of waiting) if (world.state.threads[thread]!.run.tag === 'locking') answer(world, thread, null);
      return verdict;
    }),
  },
};
