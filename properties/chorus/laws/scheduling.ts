import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, Lock } from '#model/chorus/state';
import { actorAt, callerOf, errorOf, isBlocked, isCall, outcomeOf, returned, siteAt, siteName, threadName, valueOf } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { actorIs, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import type { ChorusCall } from '#model/chorus/world';
import type { CallOf, ChorusLaws, ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

const lockCalls = ['semP', 'semV', 'mutexGet', 'mutexTry', 'mutexRel'] as const;

/** The lock that a call is about, before and after it. */
function lock(step: ChorusStep): { readonly old: Lock; readonly now: Lock; readonly at: number } | null {
  if (!isCall(step, ...lockCalls) || errorOf(step) === 'K_EINVAL') return null;
  const call = step.call as CallOf<'semP'> | CallOf<'mutexGet'>;
  const at = 'semaphore' in call ? call.semaphore : call.mutex;
  const actor = actorAt(step.before, call.thread);
  const old = step.before.actors[actor]!.locks[at] ?? null;
  const now = step.after.actors[actor]!.locks[at] ?? null;
  return old === null || now === null ? null : { old, now, at };
}

/** Threads that waited for a lock before a step and have got it. */
const freed = (step: ChorusStep, { waiting }: Lock): readonly ThreadId[] => waiting.filter((thread) => outcomeOf(step, thread)?.error === null);

/** What taking a lock, or one of a semaphore, comes to. */
function taken(step: ChorusStep, { old, now }: { readonly old: Lock; readonly now: Lock }): readonly string[] {
  const caller = callerOf(step)!;
  if (old.count > 0) return returned(step) && now.count === old.count - 1 && same(now.waiting, old.waiting) ? []
    : [`${threadName(caller)} does not get what is free`];
  if (errorOf(step) === 'K_EABORT') return [];
  return isBlocked(step) && now.count === 0 && same(now.waiting, [...old.waiting, caller]) ? [] : [`${threadName(caller)} does not wait for what is taken`];
}

/** What giving it back comes to. */
function gives(step: ChorusStep, { old, now }: { readonly old: Lock; readonly now: Lock }, most: number): readonly string[] {
  const free = freed(step, old);
  if (old.waiting.length > 0) {
    return free.length === 1 && now.count === old.count && same(now.waiting, old.waiting.filter((thread) => thread !== free[0])) ? []
      : ['not exactly one of those that wait goes on'];
  }
  return now.count === Math.min(most, old.count + 1) && returned(step) ? [] : ['what was given back is not free'];
}

const frame = (step: ChorusStep, { waiting }: Lock): readonly string[] => {
  const caller = callerOf(step)!;
  return besides(step, actorIs(actorAt(step.before, caller), 'locks'), threadIs(caller, 'run'), threadIs(caller, 'aborted'),
    ...waiting.map((thread) => threadIs(thread, 'run')));
};

/** The order in which threads would run on a site: who runs, then the queues, best priority first. */
const standing = ({ sites, threads }: ChorusState, site: number, priority: number): readonly ThreadId[] =>
  sites[site]!.queue.filter((thread) => threads[thread]!.priority === priority);

const couldRun = (state: ChorusState, thread: ThreadId): boolean => {
  const { life, active, suspends, run, actor } = state.threads[thread]!;
  return life === 'live' && active && suspends === 0 && run.tag === 'ready' && !state.actors[actor]!.stopped;
};

/** Whether something in a step changed a priority by itself: then the order is another matter. */
const isRescheduling = ({ call }: ChorusStep): boolean => call.operation === 'threadScheduler';

/** A thread that lost the processor, and could go on. */
const preempted = (step: ChorusStep) => step.before.sites.flatMap(({ running }, site) => {
  const now = step.after.sites[site]!.running;
  return running !== null && now !== null && running !== now && couldRun(step.after, running) && step.call.operation !== 'clockTicks'
    ? [{ site, thread: running }] : [];
});

/** Threads that could not run before a step, and are queued after it. */
const woken = (step: ChorusStep) => step.after.sites.flatMap(({ queue }, site) => queue.flatMap((thread) => {
  const { running, queue: old } = step.before.sites[site]!;
  return old.includes(thread) || running === thread ? [] : [{ site, thread }];
}));

/** The priority, before or after a tick, of the thread that it is for. */
const priorityOfRunning = ({ before, call }: ChorusStep, state: ChorusState): number =>
  state.threads[before.sites[(call as CallOf<'clockTicks'>).site]!.running!]!.priority;

/** Whether a thread's priority may change by itself in a step: it runs, its class degrades, and time goes by. */
const mayDegrade = ({ before, call }: ChorusStep, thread: number): boolean =>
  call.operation === 'clockTicks' && before.sites[call.site]!.running === thread && before.threads[thread]!.policy === 'time-sharing';

/** Keeps what priority each thread was given, and holds to it the one that it has. */
function degrades(given: Map<ThreadId, number>, step: ChorusStep): readonly string[] {
  const { before, after } = step;
  if (given.size === 0) before.threads.forEach(({ priority }, id) => given.set(id as ThreadId, priority));
  if (isCall(step, 'threadScheduler') && returned(step) && step.call.set !== null) given.set(step.call.target ?? step.call.thread, step.call.set.priority);
  return after.threads.flatMap(({ priority, policy }, at) => {
    const id = at as ThreadId;
    if (!given.has(id)) given.set(id, priority);
    if (policy !== 'time-sharing') return priority === given.get(id) ? [] : [`${threadName(id)} has degraded, and is of no class that does`];
    if (priority < given.get(id)!) return [`${threadName(id)} has a better priority than it was given`];
    const old = before.threads[id];
    const asked = isCall(step, 'threadScheduler') && (step.call.target ?? step.call.thread) === id;
    return old === undefined || old.priority === priority || asked || mayDegrade(step, id) ? [] : [`${threadName(id)} degrades, and does not run`];
  });
}

export const schedulingLaws = {
  'chorus/semaphores-count-and-wait': {
    on: ['semP', 'semV'],
    step: (step) => {
      const found = lock(step);
      if (found === null) return [];
      return [...(isCall(step, 'semP') ? taken(step, found) : gives(step, found, Infinity)), ...frame(step, found.old)];
    },
    sometimes: {
      'a thread waits for a semaphore': (step) => isCall(step, 'semP') && isBlocked(step),
      'a thread that waits goes on': (step) => isCall(step, 'semV') && lock(step) !== null && lock(step)!.old.waiting.length > 0,
      'one more is counted': (step) => isCall(step, 'semV') && lock(step) !== null && lock(step)!.old.waiting.length === 0,
    },
  },
  'chorus/locks-exclude-each-other': {
    on: ['mutexGet', 'mutexTry', 'mutexRel', 'threadDelete'],
    step: (step) => {
      if (isCall(step, 'threadDelete')) {
        return step.before.actors.flatMap(({ locks, life }, actor) => (life === 'dead' || step.after.actors[actor]!.life === 'dead' ? [] : locks.flatMap((old, at) =>
          (old?.count === step.after.actors[actor]!.locks[at]?.count ? [] : [`lock ${at} of A${actor + 1} is another after a thread went`]))));
      }
      const found = lock(step);
      if (found === null) return [];
      if (!isCall(step, 'mutexTry')) return [...(isCall(step, 'mutexGet') ? taken(step, found) : gives(step, found, 1)), ...frame(step, found.old)];
      const { got } = valueOf<{ got: boolean }>(step);
      const fits = got === found.old.count > 0 && found.now.count === 0 && same(found.now.waiting, found.old.waiting);
      return [...(fits ? [] : ['mutexTry did not tell the truth']), ...frame(step, found.old)];
    },
    sometimes: {
      'a thread waits for a lock': (step) => isCall(step, 'mutexGet') && isBlocked(step),
      'a lock goes from one to the next': (step) => isCall(step, 'mutexRel') && lock(step) !== null && lock(step)!.old.waiting.length > 0,
      'a lock is taken already': (step) => isCall(step, 'mutexTry') && returned(step) && !valueOf<{ got: boolean }>(step).got,
      'a free lock is freed': (step) => isCall(step, 'mutexRel') && lock(step)?.old.count === 1,
    },
  },
  'chorus/waiting-for-locks-goes-by-priority': {
    on: ['semV', 'mutexRel'],
    step: (step) => {
      const found = lock(step);
      if (found === null) return [];
      const { threads } = step.before;
      return freed(step, found.old).flatMap((thread) => found.old.waiting.filter((other) => threads[other]!.priority < threads[thread]!.priority)
        .map((other) => `${threadName(thread)} went on before ${threadName(other)}, which has a better priority`));
    },
    sometimes: { 'threads of two priorities wait': (step) => new Set(lock(step)?.old.waiting.map((thread) => step.before.threads[thread]!.priority)).size > 1 },
  },
  'chorus/locks-are-made-first': refusing('chorus/locks-are-made-first'),

  'chorus/best-priority-runs': {
    step: (step) => [
      ...step.after.sites.flatMap(({ running, queue }, site) => queue.flatMap((thread) => (running !== null
        && step.after.threads[thread]!.priority < step.after.threads[running]!.priority
          ? [`${threadName(thread)} could run on ${siteName(site)}, and has a better priority than who does`] : []))),
      ...preempted(step).flatMap(({ site, thread }) => (isRescheduling(step)
        || step.after.threads[step.after.sites[site]!.running!]!.priority < step.after.threads[thread]!.priority
        ? [] : [`${threadName(thread)} lost the processor to one of no better priority`])),
    ],
    sometimes: {
      'a thread is preempted': (step) => preempted(step).length > 0,
      'a thread of the same priority becomes ready': (step) => woken(step).some(({ site, thread }) => {
        const { running } = step.after.sites[site]!;
        return running !== null && step.after.threads[running]!.priority === step.after.threads[thread]!.priority;
      }),
    },
  },
  'chorus/woken-threads-go-to-the-tail': {
    step: (step) => woken(step).flatMap(({ site, thread }) => {
      const { priority } = step.after.threads[thread]!;
      const behind = standing(step.after, site, priority);
      const place = behind.indexOf(thread);
      const wrong = behind.slice(place + 1).some((other) => step.before.sites[site]!.queue.includes(other));
      return [...(wrong ? [`${threadName(thread)} became ready, and stands before others`] : []), ...(step.after.threads[thread]!.used === 0 ? []
        : [`${threadName(thread)} became ready without a full quantum`])];
    }),
    sometimes: { 'a thread becomes ready behind others': (step) => woken(step).some(({ site, thread }) => standing(step.after, site,
      step.after.threads[thread]!.priority).length > 1) },
  },
  'chorus/preempted-threads-go-to-the-head': {
    step: (step) => (isRescheduling(step) ? [] : preempted(step).flatMap(({ site, thread }) => {
      const { priority, used } = step.after.threads[thread]!;
      return [
        ...(standing(step.after, site, priority)[0] === thread ? [] : [`${threadName(thread)} was preempted, and stands behind others`]),
        ...(used === step.before.threads[thread]!.used ? [] : [`${threadName(thread)} was preempted, and has another quantum left`]),
      ];
    })),
    sometimes: {
      'a thread is preempted before others of its priority': (step) => !isRescheduling(step)
        && preempted(step).some(({ site, thread }) => standing(step.after, site, step.after.threads[thread]!.priority).length > 1),
      'a thread is preempted within its quantum': (step) => preempted(step).some(({ thread }) => step.before.threads[thread]!.used > 0),
    },
  },
  'chorus/eligible-threads-are-elected': {
    always: (state) => (state.processors ? state.sites.flatMap(({ running, queue }, site) => {
      const could = state.threads.flatMap((_, id) => (couldRun(state, id as ThreadId) && siteAt(state, id as ThreadId) === site ? [id as ThreadId] : []));
      const do_ = [...(running === null ? [] : [running]), ...queue].toSorted((a, b) => a - b);
      return [...(same(could, do_) ? [] : [`${siteName(site)} queues ${do_.map(threadName).join(', ')}, and ${could.map(threadName).join(', ')} could run`]),
        ...(running === null && could.length > 0 ? [`nobody runs on ${siteName(site)}`] : [])];
    }) : []),
    sometimes: { 'several threads could run': ({ after }) => after.processors && after.sites.some(({ queue }) => queue.length > 1) },
  },
  'chorus/quantum-sends-to-the-tail': {
    on: ['clockTicks'],
    step: (step) => {
      if (!isCall(step, 'clockTicks')) return [];
      const { before, after, call: { site } } = step;
      const running = before.sites[site]!.running!;
      if (before.threads[running]!.policy !== 'round-robin') return [];
      const { used, priority } = before.threads[running]!;
      if (used + 1 < before.limits.quantum) {
        return after.threads[running]!.used === used + 1 && after.sites[site]!.running === running && same(after.sites[site]!.queue, before.sites[site]!.queue)
          ? [] : [`the quantum of ${threadName(running)} is not over`];
      }
      const equals = standing(before, site, priority);
      const next = equals.length > 0 ? equals[0] : running;
      return [
        ...(after.threads[running]!.used === 0 ? [] : [`${threadName(running)} has no full quantum`]),
        ...(after.sites[site]!.running === next ? [] : [`${threadName(running)} has had its quantum, and the next of its priority does not run`]),
        ...(equals.length === 0 || standing(after, site, priority).at(-1) === running ? [] : [`${threadName(running)} is not last of its priority`]),
      ];
    },
    sometimes: {
      'a quantum is over': (step) => isCall(step, 'clockTicks') && step.after.sites[step.call.site]!.running !== step.before.sites[step.call.site]!.running,
      'a quantum is not over': (step) => isCall(step, 'clockTicks')
        && step.before.threads[step.before.sites[step.call.site]!.running!]!.used + 1 < step.before.limits.quantum,
    },
  },
  'chorus/scheduling-is-per-thread': {
    on: ['threadScheduler'],
    step: (step) => {
      if (!isCall(step, 'threadScheduler') || !returned(step)) return [];
      const { before, after, call } = step;
      const id = call.target ?? call.thread;
      const { policy, priority } = before.threads[id]!;
      const expected = call.set ?? { policy, priority };
      return [
        ...(same(valueOf(step), { policy, priority }) ? [] : ['threadScheduler told another schedule than there was']),
        ...(after.threads[id]!.policy === expected.policy && after.threads[id]!.priority === expected.priority ? []
          : [`${threadName(id)} is not scheduled as asked`]),
        ...besides(step, threadIs(id, 'policy'), threadIs(id, 'priority'), threadIs(id, 'given')),
      ];
    },
    sometimes: { 'a thread is scheduled otherwise': (step) => isCall(step, 'threadScheduler') && returned(step) && step.call.set !== null
      && step.call.target !== null },
  },
  'chorus/priority-is-not-inherited': {
    step: (step) => (isRescheduling(step) ? [] : step.before.threads.flatMap(({ priority, policy }, id) =>
      (mayDegrade(step, id) || (step.after.threads[id]!.priority === priority && step.after.threads[id]!.policy === policy) ? [] : [`${threadName(id)} has another priority or policy`]))),
    sometimes: { 'a thread of a good priority calls another': (step) => isCall(step, 'ipcCall') && isBlocked(step)
      && step.before.threads[step.call.thread]!.priority < 128 },
  },
  'chorus/degradation-is-left-open': {
    monitor: monitor<ChorusState, ChorusCall, Map<ThreadId, number>>({ start: () => new Map(), next: degrades }),
    sometimes: {
      'a priority degrades': (step) => isCall(step, 'clockTicks') && priorityOfRunning(step, step.after) > priorityOfRunning(step, step.before),
      'a priority comes back': (step) => isCall(step, 'clockTicks') && priorityOfRunning(step, step.after) < priorityOfRunning(step, step.before),
    },
  },
} satisfies ChorusLaws;
