import type { SiteId, ThreadId } from '#spec/chorus/vocabulary';
import { localThread, siteOf } from '#model/chorus/naming/resolve';
import { isEligible } from '#model/chorus/threads/waits';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState } from '#model/chorus/state';
import { change, ModelError, returned } from '#model/operation';

/** Whether a thread could run: it is eligible, and waits for nothing. */
export const isReady = (state: ChorusState, thread: ThreadId): boolean =>
  state.threads[thread]!.run.tag === 'ready' && isEligible(state, thread);

/**
 * Each site elects who runs: the best priority goes first, and within one whoever came first. Who becomes
 * ready goes to the tail, with a full quantum; who is preempted to the head, with what is left of his.
 */
export const elect = implementing(
  ['chorus/best-priority-runs', 'chorus/woken-threads-go-to-the-tail', 'chorus/preempted-threads-go-to-the-head', 'chorus/eligible-threads-are-elected'],
  (state: ChorusState): void => {
    if (!state.processors) return;
    state.sites.forEach((_, at) => {
      enterQueue(state, at as SiteId);
      preempt(state, at as SiteId);
    });
  },
);

/** Who is ready is in the queue, and nobody else. */
function enterQueue(state: ChorusState, id: SiteId): void {
  const site = change(state.sites[id]!);
  if (site.running !== null && !isReady(state, site.running)) site.running = null;
  const stay = site.queue.filter((thread) => isReady(state, thread));
  const fresh = state.threads.flatMap((_, thread) => (siteOf(state, thread as ThreadId) === id && isReady(state, thread as ThreadId)
    && site.running !== thread && !stay.includes(thread as ThreadId) ? [thread as ThreadId] : []));
  for (const thread of fresh) change(state.threads[thread]!).used = 0;
  site.queue = [...stay, ...fresh];
}

/** The first of the best priority that is queued; null if nobody is. */
function first({ threads, sites }: ChorusState, site: SiteId): ThreadId | null {
  let best: ThreadId | null = null;
  for (const thread of sites[site]!.queue) if (best === null || threads[thread]!.priority < threads[best]!.priority) best = thread;
  return best;
}

/** Only a strictly better priority takes the processor away. */
function preempt(state: ChorusState, id: SiteId): void {
  const site = change(state.sites[id]!);
  const next = first(state, id);
  if (next === null) return;
  const { running } = site;
  if (running !== null && state.threads[next]!.priority >= state.threads[running]!.priority) return;
  site.queue = [...(running === null ? [] : [running]), ...site.queue.filter((thread) => thread !== next)];
  site.running = next;
}

/** A quantum that has gone by sends a thread that has one to the tail; others of its priority may run. */
export const clockTicks: ChorusOperation<'clockTicks', 'degradation'> = {
  implements: ['chorus/quantum-sends-to-the-tail', 'chorus/degradation-is-left-open'],
  step(world, { site: id }) {
    const { state } = world;
    const site = change(state.sites[id]!);
    const { running } = site;
    if (!canTick(state, id) || running === null) throw new ModelError('nobody runs on that site whose quantum counts');
    const thread = change(state.threads[running]!);
    thread.used += 1;
    if (thread.policy === 'time-sharing') world.mechanisms.degrade(world, running);
    if (thread.used < state.limits.quantum) return returned(null);
    thread.used = 0;
    site.running = null;
    site.queue = [...site.queue, running];
    return returned(null);
  },
};

const WORST = 255;

/** By which rule a priority degrades is the affair of the subsystem whose threads do: here it may at any tick, or come back. */
export const degrade = implementing(
  ['chorus/degradation-is-left-open'],
  (world: Chorus<'degradation'>, id: ThreadId): void => {
    const thread = change(world.state.threads[id]!);
    const { priority, given } = thread;
    thread.priority = world.choose('degradation', [...new Set([priority, Math.min(WORST, priority + 1), given])], String);
  },
);

export const canTick = (state: ChorusState, site: number): boolean => {
  const running = state.sites[site]?.running ?? null;
  return running !== null && state.threads[running]!.policy !== 'fifo';
};

/** Reads how a thread is scheduled, and changes it; who runs is elected anew at once. */
export const threadScheduler: ChorusOperation<'threadScheduler', 'error'> = {
  implements: ['chorus/scheduling-is-per-thread'],
  step(world, { thread, actor, target, set }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    const { policy, priority } = state.threads[id!]!;
    if (set !== null) Object.assign(change(state.threads[id!]!), set, { given: set.priority });
    return returned({ policy, priority });
  },
};
