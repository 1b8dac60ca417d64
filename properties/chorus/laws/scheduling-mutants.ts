import { wake } from '#model/chorus/synchronisation/locks';
import { degrade, elect } from '#model/chorus/threads/processor';
import { change, returned as answered } from '#model/operation';
import { actorAt } from '#properties/chorus/facts';
import { afterwards, altered, around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const schedulingMutants: ChorusMutants = {
  'semaphore-lets-everybody-in': {
    rule: 'chorus/semaphores-count-and-wait',
    fault: 'semP succeeds although the semaphore counts nothing',
    operations: around('semP', (world, call, step) => {
      const lock = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.semaphore];
      return lock?.kind === 'semaphore' && lock.count === 0 ? answered(null) : step(world, call);
    }),
  },
  'semaphore-counts-who-goes-on': {
    rule: 'chorus/semaphores-count-and-wait',
    fault: 'semV counts one more although somebody went on',
    operations: around('semV', (world, call, step) => {
      const lock = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.semaphore];
      const waited = (lock?.waiting.length ?? 0) > 0;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && waited) change(lock!).count += 1;
      return verdict;
    }),
  },
  'freed-lock-is-free-for-all': {
    rule: 'chorus/locks-exclude-each-other',
    fault: 'a lock that goes to the next is free as well',
    operations: around('mutexRel', (world, call, step) => {
      const lock = world.state.actors[actorAt(world.state, call.thread)]!.locks[call.mutex];
      const verdict = step(world, call);
      if (verdict.tag === 'returned') change(lock!).count = 1;
      return verdict;
    }),
  },
  'locks-are-never-taken': {
    rule: 'chorus/locks-exclude-each-other',
    fault: 'mutexTry takes no lock',
    operations: afterwards('mutexTry', ({ state }, { thread, mutex }) => {
      const lock = state.actors[actorAt(state, thread)]!.locks[mutex];
      if (lock) change(lock).count = 1;
    }),
  },
  'locks-go-to-the-worst': {
    rule: 'chorus/waiting-for-locks-goes-by-priority',
    fault: 'of those that wait for a lock the one of the worst priority goes on first',
    mechanisms: {
      wake: (world, lock) => {
        const worst = lock.waiting.toSorted((a, b) => world.state.threads[b]!.priority - world.state.threads[a]!.priority)[0];
        if (worst === undefined) wake(world, lock);
        else world.mechanisms.answer(world, worst, null);
      },
    },
  },
  'semaphores-make-themselves': {
    rule: 'chorus/locks-are-made-first',
    fault: 'semV of a semaphore that was not made succeeds',
    operations: around('semV', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'raised' ? answered(null) : verdict;
    }),
  },
  'equals-preempt': {
    rule: 'chorus/best-priority-runs',
    fault: 'a thread that becomes ready takes the processor from one of the same priority',
    mechanisms: {
      elect: (state) => {
        const old = state.sites.map(({ running, queue }) => ({ running, queue }));
        elect(state);
        state.sites.forEach((site, id) => {
          const { running } = site;
          const fresh = site.queue.find((thread) => !old[id]!.queue.includes(thread) && thread !== old[id]!.running);
          if (running === null || fresh === undefined || running !== old[id]!.running || state.threads[fresh]!.priority !== state.threads[running]!.priority) return;
          change(site).running = fresh;
          change(site).queue = [running, ...site.queue.filter((thread) => thread !== fresh)];
        });
      },
    },
  },
  'nobody-is-preempted': {
    rule: 'chorus/best-priority-runs',
    fault: 'who runs goes on whoever becomes ready',
    mechanisms: {
      elect: (state) => {
        const old = state.sites.map(({ running }) => running);
        elect(state);
        state.sites.forEach((site, id) => {
          const was = old[id]!;
          if (was === null || site.running === null || was === site.running || !site.queue.includes(was)) return;
          change(site).queue = [site.running, ...site.queue.filter((thread) => thread !== was)];
          change(site).running = was;
        });
      },
    },
  },
  'woken-threads-go-first': {
    rule: 'chorus/woken-threads-go-to-the-tail',
    fault: 'a thread that becomes ready goes to the head of its queue',
    mechanisms: {
      elect: (state) => {
        const old = state.sites.map(({ queue, running }) => new Set([...queue, running]));
        elect(state);
        state.sites.forEach((site, id) => {
          const fresh = site.queue.filter((thread) => !old[id]!.has(thread));
          if (fresh.length > 0) change(site).queue = [...fresh, ...site.queue.filter((thread) => old[id]!.has(thread))];
        });
      },
    },
  },
  'preempted-threads-go-last': {
    rule: 'chorus/preempted-threads-go-to-the-head',
    fault: 'a thread that is preempted goes to the tail of its queue',
    mechanisms: {
      elect: (state) => {
        const old = state.sites.map(({ running }) => running);
        elect(state);
        state.sites.forEach((site, id) => {
          const was = old[id]!;
          if (was !== null && was !== site.running && site.queue.includes(was)) change(site).queue = [...site.queue.filter((thread) => thread !== was), was];
        });
      },
    },
  },
  'preemption-fills-the-quantum': {
    rule: 'chorus/preempted-threads-go-to-the-head',
    fault: 'a thread that is preempted gets a full quantum',
    mechanisms: {
      elect: (state) => {
        const old = state.sites.map(({ running }) => running);
        elect(state);
        state.sites.forEach(({ running }, id) => {
          const was = old[id]!;
          if (was !== null && was !== running) change(state.threads[was]!).used = 0;
        });
      },
    },
  },
  'suspended-threads-stay-queued': {
    rule: 'chorus/eligible-threads-are-elected',
    fault: 'a thread that is suspended may still be elected',
    operations: around('threadSuspend', (world, call, step) => step(altered(world, {}), call)),
    mechanisms: {
      elect: (state) => {
        const suspends = state.threads.map((thread) => thread.suspends);
        for (const thread of state.threads) change(thread).suspends = 0;
        elect(state);
        suspends.forEach((count, id) => { change(state.threads[id]!).suspends = count; });
      },
    },
  },
  'quantum-never-ends': {
    rule: 'chorus/quantum-sends-to-the-tail',
    fault: 'a quantum that has gone by begins anew, and the thread runs on',
    operations: around('clockTicks', (world, call, step) => {
      const { running } = world.state.sites[call.site]!;
      const thread = world.state.threads[running!]!;
      if (thread.used + 1 < world.state.limits.quantum) return step(world, call);
      change(thread).used = 0;
      return answered(null);
    }),
  },
  'quantum-is-one-tick-longer': {
    rule: 'chorus/quantum-sends-to-the-tail',
    fault: 'a quantum lasts one tick more than it may',
    operations: around('clockTicks', (world, call, step) => {
      const limits = change(world.state.limits);
      limits.quantum += 1;
      const verdict = step(world, call);
      limits.quantum -= 1;
      return verdict;
    }),
  },
  'policy-is-not-set': {
    rule: 'chorus/scheduling-is-per-thread',
    fault: 'threadScheduler sets the priority alone',
    operations: around('threadScheduler', (world, call, step) => {
      const id = call.target ?? call.thread;
      const policy = world.state.threads[id]?.policy;
      const verdict = step(world, call);
      if (verdict.tag === 'returned') change(world.state.threads[id]!).policy = policy!;
      return verdict;
    }),
  },
  'server-inherits-the-priority': {
    rule: 'chorus/priority-is-not-inherited',
    fault: 'a thread that receives a message has the priority of its sender',
    mechanisms: {
      makeCurrent: (world, id, current) => {
        change(world.state.threads[id]!).current = current;
        const sender = world.state.threads[current.message.sender];
        if (sender !== undefined) change(world.state.threads[id]!).priority = sender.priority;
      },
    },
  },
  'degradation-makes-better': {
    rule: 'chorus/degradation-is-left-open',
    fault: 'a priority degrades the wrong way',
    mechanisms: { degrade: ({ state }, id) => { change(state.threads[id]!).priority -= 1; } },
  },
  'every-class-degrades': {
    rule: 'chorus/degradation-is-left-open',
    fault: 'a thread of a class that does not degrade loses priority at each tick',
    operations: around('clockTicks', (world, call, step) => {
      const { running } = world.state.sites[call.site]!;
      const verdict = step(world, call);
      const thread = world.state.threads[running!]!;
      if (thread.policy === 'round-robin') change(thread).priority += 1;
      return verdict;
    }),
  },
  'degradation-outlasts-the-class': {
    rule: 'chorus/degradation-is-left-open',
    fault: 'a thread that is put into another class keeps the priority that it has come to',
    operations: around('threadScheduler', (world, call, step) => {
      const thread = world.state.threads[call.target ?? call.thread]!;
      const { policy, priority } = thread;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && call.set !== null && policy === 'time-sharing') change(thread).priority = Math.max(priority, call.set.priority);
      return verdict;
    }),
  },
  'all-degrade-together': {
    rule: 'chorus/degradation-is-left-open',
    fault: 'with the thread that runs those degrade that are queued behind it',
    mechanisms: {
      degrade: (world, id) => {
        degrade(world, id);
        for (const { running, queue } of world.state.sites) if (running === id) for (const other of queue) change(world.state.threads[other]!).priority += 1;
      },
    },
  },
};
